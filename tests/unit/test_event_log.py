"""The event log keeps its connections: whoever follows a run sees its events, and few databases are open at once."""

import threading
from pathlib import Path

import dagster as dg

from ingest.home import Home
from orchestration.event_log import MOST_OPEN, BatchedEventLog
from orchestration.setup import ready

N_RUNS = 40


def told(instance: dg.DagsterInstance, run_id: str, what: str) -> None:
    instance.report_engine_event(what, run_id=run_id, job_name="tiny")


def test_whoever_follows_a_run_is_told_of_each_event_written_elsewhere(home: Home) -> None:
    ready()
    with dg.DagsterInstance.from_config(str(home.dagster)) as writer:
        told(writer, "one", "first")
        seen: list[str] = []
        is_there = threading.Event()
        reader = BatchedEventLog(str(_folder(writer)))

        def follow(event: dg.EventLogEntry, _cursor: str) -> None:
            seen.append(event.message)
            if len(seen) == 3:
                is_there.set()

        reader.watch("one", None, follow)
        told(writer, "one", "second")
        told(writer, "one", "third")
        assert is_there.wait(timeout=20), seen
        reader.dispose()
    assert seen[0] == "first"


def test_the_databases_of_many_runs_do_not_stay_open(home: Home) -> None:
    ready()
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        for number in range(N_RUNS):
            told(instance, f"run-{number}", "begun")
        folder = str(_folder(instance))
        links = [path.readlink() for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
        is_open = {link.stem for link in links if str(link.parent) == folder and link.suffix == ".db"}
        assert len(is_open) <= MOST_OPEN
        # Each can be read, whatever is open.
        for number in range(N_RUNS):
            assert [one.message for one in instance.all_logs(f"run-{number}")] == ["begun"]


def _folder(instance: dg.DagsterInstance) -> Path:
    storage = instance.event_log_storage
    assert isinstance(storage, BatchedEventLog)
    return Path(storage.path_for_shard("any")).parent
