"""Dagster runs whose worker is gone, and runs grown old.

Run monitoring does not watch local workers, so a killed run would stay "started" for ever and keep its pool slot.
"""

import os
from collections.abc import Mapping
from datetime import timedelta

import dagster as dg
import psutil
from dagster._core.storage.dagster_run import FINISHED_STATUSES, IN_PROGRESS_RUN_STATUSES

from ingest import clock
from ingest.home import whole_number

PID_TAG = "atlas/worker_pid"
STARTED_TAG = "atlas/worker_started"
KEEP_RUN_DAYS = "ATLAS_KEEP_RUN_DAYS"


def claim(instance: dg.DagsterInstance, run_id: str) -> None:
    """Mark a run with the process that works on it. A process is its number and its start time: numbers come again."""
    worker = psutil.Process(os.getpid())
    tags = {PID_TAG: str(worker.pid), STARTED_TAG: f"{worker.create_time():.2f}"}
    instance.add_run_tags(run_id, tags)


def _is_alive(tags: Mapping[str, str]) -> bool:
    try:
        return f"{psutil.Process(int(tags[PID_TAG])).create_time():.2f}" == tags[STARTED_TAG]
    except psutil.NoSuchProcess:
        return False


def fail_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Fail the runs in progress whose worker is gone and free their slots; return their ids."""
    failed = []
    for run in instance.get_runs(dg.RunsFilter(statuses=IN_PROGRESS_RUN_STATUSES)):
        if PID_TAG in run.tags and not _is_alive(run.tags):
            instance.report_run_failed(run, message=f"The worker of this run (process {run.tags[PID_TAG]}) is gone.")
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
