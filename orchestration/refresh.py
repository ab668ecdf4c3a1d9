"""`atlas refresh` and `atlas backfill`: the Dagster jobs in this process, recorded like any run.

A person gets progress and a table, a scheduler an exit code.
"""

import io
import logging
import os
from collections.abc import Sequence
from contextlib import redirect_stdout
from datetime import date
from typing import Any

import dagster as dg
from dagster._core.errors import DagsterExecutionInterruptedError
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    MAX_RETRIES_TAG,
)

from ingest import clock
from ingest.declaration import get_declaration, load_declarations
from ingest.errors import DISK_FULL, tells_full_disk
from ingest.home import Home, writer_lock
from ingest.ops import Ops
from orchestration import builds, inputs, progress, schedules, show
from orchestration.assets.landed import landed_asset
from orchestration.assets.postgres import postgres_assets
from orchestration.assets.sources import source_assets
from orchestration.partitions import chunks
from orchestration.runs import fail_dead_runs, worker_tags
from orchestration.setup import ready

PUBLISHED, NOT_PUBLISHED, DEGRADED = 0, 1, 3
BAD = ("unreachable", "quarantined", "failed")


def refresh(days: Sequence[date], only: list[str], strict: bool) -> int:
    """Bring sources up to each of the days, which follow each other, then build and publish once; return the exit code.

    The refresh of today is the backfill of one day. What a killed one has done is kept; the same again completes it.
    """
    source_ids = [get_declaration(name).source_id for name in dict.fromkeys(only)] or list(load_declarations())
    builds.builds_to_keep()
    home = ready()
    with writer_lock(home):
        before = builds.current(home)
        with progress.shown(len(days) * len(source_ids)):
            failure, missing = _run(home, days, source_ids if only else None)
        with Ops(home.ops_db) as ops:
            if len(days) == 1:
                show.day(ops, days[0], source_ids)
            else:
                show.days(ops, days, source_ids)
            degraded = _is_degraded(ops, days, source_ids)
    return _tell_outcome(home, before, failure, missing) or (DEGRADED if degraded and strict else PUBLISHED)


def publish_landed() -> int:
    """Build and publish what has landed, asking no source, and end a rollback; return the exit code."""
    builds.builds_to_keep()
    home = ready()
    with writer_lock(home):
        before = builds.current(home)
        builds.release(home)
        with progress.shown(0):
            failure, missing = _run(home, [clock.today()], [])
    return _tell_outcome(home, before, failure, missing)


def _is_degraded(ops: Ops, days: Sequence[date], source_ids: Sequence[str]) -> bool:
    """Whether a source could not be brought up to one of the days."""
    calendar = ops.table("calendar")
    loaded = calendar.filter(calendar["source_id"].is_in(source_ids) & calendar["day"].is_between(days[0], days[-1]))
    return loaded.height < len(days) * len(source_ids) or loaded["status"].is_in(BAD).any()


def _tell_outcome(home: Home, before: dict[str, object] | None, failure: str | None, missing: str | None) -> int:
    """Print what came of publishing, here and to PostgreSQL; return the exit code."""
    if failure is not None:
        show.fail(failure)
        return NOT_PUBLISHED
    manifest, landed = builds.current(home), inputs.recorded(home)
    if manifest and (since := builds.held_since(home)):
        show.held(manifest, since)
    elif manifest and landed and manifest["inputs_key"] == landed["key"]:
        same = before is not None and before["build_id"] == manifest["build_id"]
        show.published(home, manifest, is_new=not same)
    elif manifest is None:
        show.fail("Nothing has landed yet, or it could not be read. Run `atlas refresh`.")
        return NOT_PUBLISHED
    if missing is not None:
        show.fail(missing, "Not published to PostgreSQL.")
    return PUBLISHED if missing is None else NOT_PUBLISHED


def _run(home: Home, days: Sequence[date], only: list[str] | None) -> tuple[str | None, str | None]:
    """Load, and build where the inputs have changed; then bring PostgreSQL up to date, also where they have not.

    Return why nothing was published, and why PostgreSQL has not got it; None where all went well. The two halves of the
    refresh job are run apart, because the second takes seconds only to get ready.
    """
    with _instance() as instance:
        fail_dead_runs(instance)
        failure = _load(instance, days, only) or _build(instance, home)
        return failure, None if failure else _postgres(instance)


def _load(instance: dg.DagsterInstance, days: Sequence[date], only: list[str] | None) -> str | None:
    selection = [dg.AssetKey(name) for name in [*only, "landed"]] if only is not None else None
    job = _load_definitions().resolve_job_def(schedules.LOAD_JOB)
    for chunk in chunks(days):
        if len(days) > 1:
            progress.tell("days", f"{chunk[0]} to {chunk[-1]}")
        tags = {ASSET_PARTITION_RANGE_START_TAG: str(chunk[0]), ASSET_PARTITION_RANGE_END_TAG: str(chunk[-1])}
        partition = {"tags": tags} if len(chunk) > 1 else {"partition_key": str(chunk[0])}
        if failure := _execute(job, instance, asset_selection=selection, **partition):
            return failure
    return None


def _build(instance: dg.DagsterInstance, home: Home) -> str | None:
    landed = inputs.recorded(home)
    if landed is None or not builds.is_due(home, landed) or builds.reuse(home, landed["key"]):
        return None
    from orchestration.definitions import defs

    return _execute(defs.resolve_job_def(schedules.BUILD_JOB), instance)


def _postgres(instance: dg.DagsterInstance) -> str | None:
    assets = postgres_assets()
    if not assets:
        return None
    definitions = dg.Definitions(assets=assets, jobs=[schedules.postgres_job()], executor=dg.in_process_executor)
    return _execute(definitions.resolve_job_def(schedules.POSTGRES_JOB), instance)


def _load_definitions() -> dg.Definitions:
    sources = source_assets()
    landed = landed_asset([asset.key for asset in sources])
    return dg.Definitions(assets=[*sources, landed], jobs=[schedules.load_job()], executor=dg.in_process_executor)


def _execute(job: dg.JobDefinition, instance: dg.DagsterInstance, **what: Any) -> str | None:
    # The daemon must not start it again: whoever called this command does.
    tags = {**what.pop("tags", {}), **worker_tags(), MAX_RETRIES_TAG: "0"}
    # The whole log is in the Dagster UI; the terminal gets progress and a table.
    with redirect_stdout(io.StringIO()):
        result = job.execute_in_process(
            instance=instance,
            tags=tags,
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            **what,
        )
    if _is_interrupted(result):
        raise KeyboardInterrupt
    return None if result.success else _why(result)


def _is_interrupted(result: dg.ExecuteInProcessResult) -> bool:
    """Whether a person stopped it: Dagster makes a failed step of the key that was pressed."""
    errors = [event.step_failure_data.error for event in result.all_events if event.is_step_failure]
    return any(error and error.cls_name == DagsterExecutionInterruptedError.__name__ for error in errors)


def _why(result: dg.ExecuteInProcessResult) -> str:
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.user_failure_data or event.step_failure_data.error
            if tells_full_disk(str(error)):
                return DISK_FULL
            if description := getattr(error, "description", None):
                return description
            while cause := getattr(error, "cause", None):
                error = cause
            return f"{event.step_key} failed: {str(getattr(error, 'message', error)).strip()}"
    return "The run failed before its first step; see the Dagster UI."


def _instance() -> dg.DagsterInstance:
    """Return the instance without its capture of standard streams, which belong to the terminal here."""
    noop = {"module": "dagster.core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"}
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    return dg.DagsterInstance.from_ref(
        InstanceRef.from_dir(os.environ["DAGSTER_HOME"], overrides={"compute_logs": noop})
    )
