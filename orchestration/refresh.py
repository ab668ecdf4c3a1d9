"""`atlas refresh`: the Dagster job in this process, with progress for a person and an exit code for a scheduler."""

import io
import logging
import os
from collections.abc import Generator
from contextlib import contextmanager, redirect_stdout
from datetime import date

import dagster as dg
from dagster._core.instance.ref import InstanceRef

from ingest.declaration import get_declaration, load_declarations
from ingest.errors import DISK_FULL, tells_full_disk
from ingest.home import Home, writer_lock
from ingest.ops import Ops
from orchestration import inputs, progress, publish, schedules, show
from orchestration.assets.landed import landed_asset
from orchestration.assets.sources import source_assets
from orchestration.runs import fail_dead_runs
from orchestration.setup import ready

PUBLISHED, NOT_PUBLISHED, DEGRADED = 0, 1, 3
BAD = ("unreachable", "quarantined", "failed")


def refresh(day: date, only: list[str], strict: bool) -> int:
    """Refresh a day and tell how it went; return the exit code."""
    source_ids = [get_declaration(source_id).source_id for source_id in only] or list(load_declarations())
    publish.builds_to_keep()
    home = ready()
    with writer_lock(home):
        before = publish.current(home)
        with _told_progress():
            failure = _run(home, day, source_ids if only else None)
        with Ops(home.ops_db) as ops:
            show.day(ops, day, source_ids)
            rows = [ops.day(source_id, day) for source_id in source_ids]
    degraded = any(row is None or row["status"] in BAD for row in rows)
    if failure is not None:
        show.fail(failure)
        return NOT_PUBLISHED
    _tell_outcome(home, before)
    return DEGRADED if degraded and strict else PUBLISHED


def _tell_outcome(home: Home, before: dict[str, object] | None) -> None:
    manifest = publish.current(home)
    held = inputs.recorded(home)
    if manifest is None or held is None or manifest["inputs_key"] != held["key"]:
        return
    same = before is not None and before["build_id"] == manifest["build_id"]
    show.published(home, manifest, is_new=not same)


def _run(home: Home, day: date, only: list[str] | None) -> str | None:
    """Load, and build where the inputs have changed; return why nothing was published, or None.

    The two halves of the refresh job are run as two runs, because the second takes seconds only to get ready.
    """
    with _instance() as instance:
        fail_dead_runs(instance)
        failure = _execute(_load_definitions(), schedules.LOAD_JOB, instance, str(day), only)
        held = inputs.recorded(home)
        if failure is None and held and not publish.is_published(home, held["key"]):
            from orchestration.definitions import defs

            failure = _execute(defs, schedules.BUILD_JOB, instance, None, None)
    return failure


def _load_definitions() -> dg.Definitions:
    sources = source_assets()
    landed = landed_asset([asset.key for asset in sources])
    return dg.Definitions(assets=[*sources, landed], jobs=[schedules.load_job()], executor=dg.in_process_executor)


def _execute(
    defs: dg.Definitions, job: str, instance: dg.DagsterInstance, day: str | None, only: list[str] | None
) -> str | None:
    # The whole log is in the Dagster UI; the terminal gets progress and a table.
    with redirect_stdout(io.StringIO()):
        result = defs.resolve_job_def(job).execute_in_process(
            instance=instance,
            partition_key=day,
            asset_selection=[dg.AssetKey(name) for name in [*only, "landed"]] if only else None,
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    return None if result.success else _why(result)


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


@contextmanager
def _told_progress() -> Generator[None]:
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        # A log gets a line per source and stage instead of a spinner.
        told: set[str] = set()

        def line(stage: str, detail: str) -> None:
            text = stage if stage == "dbt" else f"{stage}: {detail}"
            if text not in told:
                console.print(text, highlight=False)
            told.add(text)

        with progress.listening(line):
            yield
        return
    spinner = console.status("starting")
    with spinner, progress.listening(lambda stage, detail: spinner.update(f"{stage}: {detail}")):
        yield
