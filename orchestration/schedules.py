"""The daily refresh, what makes up for missed days, and what tells a person that a run went wrong."""

import logging
import os
from collections.abc import Iterable
from datetime import date, timedelta

import dagster as dg
import polars as pl
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from ingest.clock import FIRST_DAY
from ingest.declaration import load_declarations
from ingest.home import open_home
from ingest.ops import Ops
from orchestration import runs
from orchestration.partitions import DAYS

JOB, LOAD_JOB, BUILD_JOB, POSTGRES_JOB = "refresh", "load", "build", "postgres"
WEBHOOK = "ATLAS_WEBHOOK_URL"
CATCH_UP_DAYS = 31
SCHEDULED = "dagster/schedule_name"


def refresh_job() -> UnresolvedAssetJobDefinition:
    """Return the job of all assets: every source for a day, then one dbt build, then publishing, to PostgreSQL too."""
    return dg.define_asset_job(
        JOB, selection=dg.AssetSelection.all(), partitions_def=DAYS, executor_def=dg.in_process_executor
    )


def first_missed(last_days: Iterable[date], today: date) -> date:
    """Return the first day a refresh is due for: the one after the last day that every source was asked for.

    `last_days` holds the last day on record of each source. It goes back a month at most.
    """
    last = min(last_days, default=today)
    return max(min(last + timedelta(days=1), today), today - timedelta(days=CATCH_UP_DAYS))


def load_job() -> UnresolvedAssetJobDefinition:
    """Return the first half of the refresh: sources and landing."""
    selection = dg.AssetSelection.assets("landed").upstream()
    return dg.define_asset_job(LOAD_JOB, selection=selection, partitions_def=DAYS, executor_def=dg.in_process_executor)


def build_job() -> UnresolvedAssetJobDefinition:
    """Return the second half of the refresh: dbt and publishing."""
    before, after = dg.AssetSelection.assets("landed").upstream(), dg.AssetSelection.assets("published").downstream()
    selection = dg.AssetSelection.all() - before - (after - dg.AssetSelection.assets("published"))
    return dg.define_asset_job(BUILD_JOB, selection=selection, executor_def=dg.in_process_executor)


def postgres_job() -> UnresolvedAssetJobDefinition:
    """Return what follows the refresh where PostgreSQL is set: it brings the published build there if it is not yet."""
    return dg.define_asset_job(POSTGRES_JOB, selection=["published_postgres"], executor_def=dg.in_process_executor)


@dg.schedule(
    job_name=JOB, cron_schedule="0 6 * * *", execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Refreshes today at 06:00 UTC, together with the days nobody asked for since the last refresh.",
)  # fmt: skip
def daily_refresh(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Ask for one run over today and the days missed since the last one."""
    today = context.scheduled_execution_time.date()
    with Ops(open_home().ops_db) as ops:
        calendar = ops.table("calendar")
    asked = calendar.filter(calendar["source_id"].is_in(list(load_declarations())) & (calendar["day"] <= today))
    last_days = asked.group_by("source_id").agg(pl.col("day").max())["day"].to_list()
    start = max(first_missed(last_days, today), FIRST_DAY)
    if start == today:
        return dg.RunRequest(run_key=f"{today}", partition_key=str(today))
    tags = {ASSET_PARTITION_RANGE_START_TAG: str(start), ASSET_PARTITION_RANGE_END_TAG: str(today)}
    return dg.RunRequest(run_key=f"{today}", tags=tags)


@dg.sensor(
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Fails runs whose worker process is gone, so that they free their place.",
)
def dead_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Fail dead runs and delete old ones."""
    failed = runs.fail_dead_runs(context.instance)
    pruned = runs.prune_runs(context.instance)
    return dg.SkipReason(f"{len(failed)} dead runs failed, {pruned} old runs deleted.")


def _notify(log: logging.Logger, line: str) -> None:
    log.error(line)
    url = os.environ.get(WEBHOOK)
    if not url:
        return
    import requests

    try:
        requests.post(url, json={"text": line}, timeout=10).raise_for_status()
    except requests.RequestException as error:
        # The address may carry a token: tell the kind of fault only.
        log.warning("The webhook did not take the message (%s).", type(error).__name__)


def degraded_line(ops: Ops) -> str | None:
    """Return one line about the sources that stand badly on the newest day, or None."""
    calendar = ops.table("calendar")
    if calendar.is_empty():
        return None
    newest = calendar.filter(calendar["day"] == calendar["day"].max())
    bad = newest.filter(newest["status"].is_in(["unreachable", "quarantined", "failed"]))
    if bad.is_empty():
        return None
    told = ", ".join(f"{row['source_id']} {row['status']}" for row in bad.sort("source_id").rows(named=True))
    return f"infra-atlas: published but degraded on {newest['day'][0]}: {told}. Their last good vintages stay in force."


@dg.run_status_sensor(run_status=dg.DagsterRunStatus.FAILURE, default_status=dg.DefaultSensorStatus.RUNNING)
def scheduled_run_failed(context: dg.RunStatusSensorContext) -> None:
    """Say in one line that a scheduled run failed."""
    if SCHEDULED in context.dagster_run.tags:
        reason = (context.dagster_event.message or "").split("\n")[0]
        _notify(context.log, f"infra-atlas: scheduled refresh failed, the published build stays. {reason}")


@dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS, default_status=dg.DefaultSensorStatus.RUNNING)
def scheduled_run_degraded(context: dg.RunStatusSensorContext) -> None:
    """Say in one line which sources a scheduled run could not bring up to date."""
    if SCHEDULED in context.dagster_run.tags:
        with Ops(open_home().ops_db) as ops:
            line = degraded_line(ops)
        if line:
            _notify(context.log, line)
