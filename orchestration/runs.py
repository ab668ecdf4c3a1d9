"""Dagster runs whose worker is gone, and runs grown old.

Run monitoring does not watch local workers, so a killed run would stay "started" for ever and keep its pool slot.
"""

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import dagster as dg
import psutil
from dagster._core.storage.dagster_run import FINISHED_STATUSES, IN_PROGRESS_RUN_STATUSES

from ingest import clock
from ingest.home import whole_number

PID_TAG = "atlas/worker_pid"
STARTED_TAG = "atlas/worker_started"
CLOCK_TOLERANCE_SECONDS = 120
CLAIM_SECONDS = 900
KEEP_RUN_DAYS = "ATLAS_KEEP_RUN_DAYS"


def worker_tags() -> dict[str, str]:
    """Return the tags that name this process. A process is its number and its start time: numbers come again."""
    worker = psutil.Process(os.getpid())
    return {PID_TAG: str(worker.pid), STARTED_TAG: f"{worker.create_time():.2f}"}


def claim(instance: dg.DagsterInstance, run_id: str) -> None:
    """Mark a run with the process that works on it."""
    instance.add_run_tags(run_id, worker_tags())


def _claim_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Mapping[str, str] | None:
    """Return the tags of the worker that took up a run. One that is started again carries those of the run before."""
    if PID_TAG not in run.tags:
        return None
    parent = instance.get_run_by_id(run.parent_run_id) if run.parent_run_id else None
    is_inherited = parent and all(parent.tags.get(tag) == run.tags.get(tag) for tag in (PID_TAG, STARTED_TAG))
    return None if is_inherited else run.tags


def _is_alive(tags: Mapping[str, str]) -> bool:
    try:
        started = psutil.Process(int(tags[PID_TAG])).create_time()
    except psutil.NoSuchProcess:
        return False
    # The start time is counted from the machine's clock, which may have been set since.
    return abs(started - float(tags[STARTED_TAG])) < CLOCK_TOLERANCE_SECONDS


def fail_dead_runs(instance: dg.DagsterInstance, claim_seconds: float = CLAIM_SECONDS) -> list[str]:
    """Fail the runs in progress whose worker is gone, or did not come to work in time; return their ids.

    They free their slots. A run of the UI that fails like this is started again by Dagster (`run_retries`).
    """
    failed = []
    statuses = [*IN_PROGRESS_RUN_STATUSES, dg.DagsterRunStatus.NOT_STARTED]
    for record in instance.get_run_records(dg.RunsFilter(statuses=statuses)):
        run = record.dagster_run
        if claim := _claim_of(instance, run):
            reason = None if _is_alive(claim) else f"The worker of this run (process {claim[PID_TAG]}) is gone."
        elif run.status is dg.DagsterRunStatus.NOT_STARTED:
            continue  # Dagster's own: the daemon launches it when it is up again
        else:
            idle = (datetime.now(UTC) - record.update_timestamp.replace(tzinfo=UTC)).total_seconds()
            reason = f"No worker took up this run within {claim_seconds:.0f} s." if idle > claim_seconds else None
        if reason:
            instance.report_run_failed(run, message=reason)
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            failed.append(run.run_id)
    return failed


def prune_runs(instance: dg.DagsterInstance) -> int:
    """Delete finished runs older than ATLAS_KEEP_RUN_DAYS (365); return how many."""
    before = clock.now() - timedelta(days=whole_number(KEEP_RUN_DAYS, 365))
    old = instance.get_runs(dg.RunsFilter(statuses=FINISHED_STATUSES, created_before=before), limit=200)
    for run in old:
        instance.delete_run(run.run_id)
    return len(old)
