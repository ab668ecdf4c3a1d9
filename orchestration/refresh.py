"""`atlas refresh`: the Dagster job in this process, with progress for a person and an exit code for a scheduler."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, TextIO

from ingest.declaration import get_declaration, load_declarations
from ingest.home import Home, writer_lock
from ingest.ops import Ops
from orchestration import inputs, progress, publish, show
from orchestration.setup import ready

if TYPE_CHECKING:
    from dagster import ExecuteInProcessResult

PUBLISHED, NOT_PUBLISHED, DEGRADED = 0, 1, 3
BAD = ("unreachable", "quarantined", "failed")
DOWNSTREAM = "landed+"


def refresh(day: date, only: list[str], strict: bool) -> int:
    """Refresh a day and tell how it went; return the exit code."""
    source_ids = [get_declaration(source_id).source_id for source_id in only] or list(load_declarations())
    home = ready()
    with writer_lock(home):
        before = publish.current(home)
        with _terminal() as terminal, _told_progress(terminal):
            failure = _run_job(day, source_ids if only else None)
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


def _run_job(day: date, only: list[str] | None) -> str | None:
    """Run the job; return why it did not publish, or None."""
    import dagster as dg

    from orchestration.definitions import defs
    from orchestration.runs import fail_dead_runs
    from orchestration.schedules import JOB

    selection = None
    if only:
        graph = defs.resolve_asset_graph()
        downstream = dg.AssetSelection.assets("landed").downstream()
        selection = sorted((dg.AssetSelection.assets(*only) | downstream).resolve(graph))
    with dg.DagsterInstance.get() as instance:
        fail_dead_runs(instance)
        result = defs.resolve_job_def(JOB).execute_in_process(
            instance=instance,
            partition_key=str(day),
            asset_selection=selection,
            raise_on_error=False,
            # The whole log is in the Dagster UI; the terminal gets progress and a table.
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    return None if result.success else _why(result)


def _why(result: "ExecuteInProcessResult") -> str:
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.user_failure_data or event.step_failure_data.error
            description = getattr(error, "description", None)
            return description or f"{event.step_key} failed: {str(getattr(error, 'message', error)).strip()}"
    return "The run failed before its first step; see the Dagster UI."


@contextmanager
def _terminal() -> Iterator[TextIO]:
    """Give the real terminal: Dagster captures the standard streams of its steps."""
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    with os.fdopen(os.dup(sys.stderr.fileno()), "w") as terminal:
        yield terminal


@contextmanager
def _told_progress(terminal: TextIO) -> Iterator[None]:
    from rich.console import Console

    console = Console(file=terminal)
    with console.status("starting") as spinner:
        with progress.listening(lambda stage, detail: spinner.update(f"{stage}: {detail}")):
            yield
