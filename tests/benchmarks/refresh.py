"""Where the time of `atlas refresh` goes: the first of a fresh state folder, the second, and one of another day.

Run with `make benchmark`. It uses the package index this machine is set up with, and a state folder of its own. It asks
the open web, or the mirror that ATLAS_MIRROR names; with ATLAS_NOW it begins on another day than today.
"""

import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

IMPORTS = ("great_expectations", "dagster", "dagster_dbt", "dbt.cli.main", "polars", "duckdb")
console = Console(width=110)


def timed(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Return the seconds of wall time a command takes and its peak of memory in MB; end where it fails, as it told."""
    start, peak = time.perf_counter(), 0.0
    with tempfile.TemporaryFile("w+") as said:
        worker = subprocess.Popen(command, env=environment, stdout=said, stderr=subprocess.STDOUT)
        while worker.poll() is None:
            peak = max(peak, resident_mb(worker.pid))
            time.sleep(0.05)
        took = time.perf_counter() - start
        said.seek(0)
        if worker.returncode:
            sys.exit(said.read())
    return took, peak


def resident_mb(pid: int) -> float:
    """Return the memory a process and all it started hold now, in MB; what they share counts for each."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6 + sum(resident_mb(int(child)) for child in children)


def steps(environment: dict[str, str], since: float) -> list[tuple[str, str, float]]:
    """Return (job, step, seconds) of the Dagster runs started after `since`."""
    os.environ.update(environment)
    from dagster import DagsterInstance, RunsFilter

    found = []
    with DagsterInstance.get() as instance:
        after = dt.datetime.fromtimestamp(since, dt.UTC)
        for run in reversed(instance.get_runs(RunsFilter(created_after=after))):
            for step in instance.get_run_step_stats(run.run_id):
                if step.start_time and step.end_time:
                    found.append((run.job_name, step.step_key, step.end_time - step.start_time))
    return found


def show(title: str, wall: float, peak: float, rows: list[tuple[str, str, float]]) -> None:
    """Print a run: its wall time, its peak memory, its slowest steps and what remains."""
    table = Table(title=f"{title}: {wall:.1f} s of wall time, {peak:,.0f} MB at the peak", title_justify="left")
    for heading in ("job", "step", "seconds"):
        table.add_column(heading, justify="right" if heading == "seconds" else "left")
    ordered = sorted(rows, key=lambda row: -row[2])
    for job, step, seconds in ordered[:12]:
        table.add_row(job, step, f"{seconds:.2f}")
    table.add_row("", f"{len(ordered[12:])} other steps", f"{sum(row[2] for row in ordered[12:]):.2f}")
    table.add_row("", "start-up, imports, planning, tables", f"{wall - sum(row[2] for row in rows):.2f}")
    console.print(table)


def main() -> None:
    """Measure and print."""
    atlas = str(Path(sys.executable).with_name("atlas"))
    given = os.environ.get("ATLAS_NOW")
    today = dt.date.fromisoformat(given[:10]) if given else dt.datetime.now(dt.UTC).date()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = {**os.environ, "ATLAS_HOME": folder, "DAGSTER_HOME": str(home / "dagster")}
        prepared, _ = timed([sys.executable, "-m", "orchestration.setup"], environment)
        console.print(f"set-up (state folder, dbt manifest): {prepared:.1f} s")
        for title, day in (
            ("first refresh", today),
            ("second refresh of the same day", today),
            ("refresh of the next day", today + dt.timedelta(days=1)),
        ):
            started = time.time()
            wall, peak = timed([atlas, "refresh"], {**environment, "ATLAS_NOW": f"{day}T12:00:00"})
            show(title, wall, peak, steps(environment, started))
        table = Table(title="Imports, each in a process of its own, compiled", title_justify="left")
        table.add_column("module")
        table.add_column("seconds", justify="right")
        bare, _ = timed([sys.executable, "-c", "pass"], environment)
        for module in IMPORTS:
            took, _ = timed([sys.executable, "-c", f"import {module}"], environment)
            table.add_row(module, f"{took - bare:.2f}")
        console.print(table)


if __name__ == "__main__":
    main()
