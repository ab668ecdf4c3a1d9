"""`kill -9` at every stage of a refresh: readers keep their build, the next refresh completes it."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import polars as pl
import pytest

from ingest.declaration import load_declarations
from ingest.home import Home
from ingest.ops import Ops
from orchestration import builds
from tests.fixtures.published import good_rows
from tests.pipeline import COMMAND, Project, facts, make_project
from tests.processes import kill_when
from tests.web import Web, running, serve_good, serve_rows

pytestmark = pytest.mark.slow
DEADLINE_SECONDS = 120
# Other moments each time the tests run.
N_KILLS = 12


def start_refresh(project: Project) -> "subprocess.Popen[bytes]":
    """Start a refresh as the leader of a group of its own."""
    return subprocess.Popen(
        [*COMMAND, "refresh"], cwd=project.root, env=project.environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


@dataclass(frozen=True)
class Day:
    """A project on its day, with a web that serves something new that day."""

    project: Project
    web: Web

    def at(self, number: int) -> Project:
        """Return the project on the day of that number, after the web has published."""
        rows = good_rows("epoch_data_center_timelines")
        # A figure of the future alone: the past is not rewritten.
        plans = [row | {"Power (MW)": row["Power (MW)"] + number} if row["Date"] > "2027" else row for row in rows]
        serve_rows(self.web, "epoch_data_center_timelines", plans)
        return replace(self.project, now=str(date(2026, 11, 1) + timedelta(days=number)))


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    with running() as web:
        serve_good(web)
        yield Day(replace(make_project(tmp_path / "made"), mirror=web.address), web)


def kill_after(project: Project, seconds: float) -> bool:
    """Start a refresh and kill it with all its children after a while; return whether it was still at work."""
    worker = start_refresh(project)
    try:
        worker.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(timeout=30)
        return True
    return False


def require_whole(home: Path) -> None:
    """Nothing torn, nothing lost, no vintage twice, nothing left lying about."""
    archived = {path.name for path in home.glob("archive/??/*")}
    for path in home.glob("archive/??/*"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
    with Ops(home / "ops.sqlite") as ops:
        log = ops.table("fetch_log").filter(pl.col("status") == "fetched")
        assert set(log["raw_sha256"]) <= archived
        assert log.select("source_id", "known_at", "content_sha256").is_duplicated().sum() == 0
        for source_id in load_declarations():
            vintages = ops.vintages(source_id)
            assert all(vintage.is_accepted for vintage in vintages)
            assert all((home / "landed" / str(vintage.landed_file)).exists() for vintage in vintages)
            contents = [vintage.content_sha256 for vintage in vintages]
            assert all(one != two for one, two in pairwise(contents)), "the same content twice in a row"
    assert list(home.rglob(".unfinished-*")) == []
    assert list(home.glob("tmp/*")) == []


def readable(project: Project) -> str:
    """Return the build readers have, after reading all of it against its manifest."""
    link = project.home / "published" / "current"
    build = link.resolve()
    manifest = json.loads((build / "manifest.json").read_text())
    with duckdb.connect(str(build / "atlas.duckdb"), read_only=True) as con:
        for name, table in manifest["tables"].items():
            assert con.execute(f"select count(*) from {name}").fetchall() == [(table["n_rows"],)]
    return manifest["build_id"]


def test_a_refresh_killed_at_random_moments_is_always_completed_by_the_next(day: Day, tmp_path: Path):
    seed = random.randrange(10**6)
    moments = random.Random(seed)
    took = []
    for number in (0, 1):
        start = time.monotonic()
        done = day.at(number).atlas("refresh")
        assert done.returncode == 0, done.stdout + done.stderr
        took.append(time.monotonic() - start)
    killed = 0
    days = range(2, 2 + N_KILLS)
    for number in days:
        project = day.at(number)
        before = readable(project)
        killed += kill_after(project, moments.uniform(0.2, min(took)))
        assert readable(project) >= before, (seed, number)
        done = project.atlas("refresh")
        assert done.returncode == 0, (seed, number, done.stdout + done.stderr)
        assert readable(project) > before, (seed, number)
        require_whole(project.home)
        with Ops(project.home / "ops.sqlite") as ops:
            newest = ops.vintages("epoch_data_center_timelines")[-1]
        assert str(newest.known_at) == project.now, (seed, number)
    assert killed >= N_KILLS / 3, (seed, killed, took)
    # The same last day, undisturbed and from nothing, has the same marts.
    other = replace(day.at(days[-1]), home=tmp_path / "undisturbed")
    assert other.atlas("refresh").returncode == 0
    # Marts that tell when a list was first seen differ: one project saw it days before the other.
    compared = ("mart_country_capacity", "mart_country_power", "mart_country_profile", "mart_announcement_ledger",
                "mart_country_programme")  # fmt: skip
    one, two = facts(project), facts(other)
    assert {name: one[f"marts.{name}"] for name in compared} == {name: two[f"marts.{name}"] for name in compared}
    sys.stdout.write(f"\nseed {seed}: {killed} of {N_KILLS} killed within {min(took):.0f} s\n")


def test_the_second_of_two_refreshes_at_once_ends_with_four(day: Day):
    project = day.at(0)
    first = subprocess.Popen(
        [*COMMAND, "refresh"], cwd=project.root, env=project.environment, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not (project.home / "writer.pid").exists():
        assert first.poll() is None, "the first refresh ended"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    second = project.atlas("refresh")
    assert second.returncode == 4, second.stdout + second.stderr
    assert f"process {first.pid}" in second.stderr
    said, _ = first.communicate(timeout=DEADLINE_SECONDS)
    assert first.returncode == 0, said


def some(folder: Path, pattern: str, at_least: int = 1) -> bool:
    return sum(1 for _ in folder.glob(pattern)) >= at_least


STAGES: dict[str, Callable[[Path], bool]] = {
    "fetching": lambda home: some(home, "archive/??/*", 2),
    "gating": lambda home: some(home, "landed/*/*.parquet", 2),
    "dbt": lambda home: (home / "warehouse" / "inputs.json").exists() and some(home, "dbt/build/run/**/*.sql", 3),
    "publishing": lambda home: some(home, "published/builds/.unfinished-*"),
}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    project = make_project(tmp_path_factory.mktemp("reference"))
    done = project.atlas("refresh")
    assert done.returncode == 0, done.stderr
    return facts(project)


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_refresh_is_completed_by_the_next(stage: str, tmp_path: Path, reference: dict[str, Any]):
    project = make_project(tmp_path / "made")
    kill_when(start_refresh(project), lambda: STAGES[stage](project.home))
    assert not (project.home / "published" / "current").exists()
    done = project.atlas("refresh")
    assert done.returncode == 0, done.stderr
    assert facts(project) == reference
    assert not some(project.home, "published/builds/.unfinished-*")
    with dg.DagsterInstance.from_config(str(project.home / "dagster")) as instance:
        statuses = [run.status for run in instance.get_runs()]
    assert dg.DagsterRunStatus.STARTED not in statuses
    assert dg.DagsterRunStatus.FAILURE in statuses


def test_a_kill_while_publishing_leaves_the_old_build_to_readers(tmp_path: Path):
    project = make_project(tmp_path / "made")
    assert project.atlas("refresh").returncode == 0
    manifest = builds.current(Home(project.home))
    assert manifest is not None
    tomorrow = replace(project, now="2026-11-23")
    kill_when(start_refresh(tomorrow), lambda: STAGES["publishing"](project.home))
    still = builds.current(Home(project.home))
    assert still is not None and still["build_id"] == manifest["build_id"]
    answer = tomorrow.atlas(
        "query", "select max(known_at)::varchar as day from mart_country_profile", "--format", "csv"
    )
    assert answer.stdout == "day\n2026-11-22\n", answer.stderr
    assert tomorrow.atlas("refresh").returncode == 0
    answer = tomorrow.atlas(
        "query", "select max(known_at)::varchar as day from mart_country_profile", "--format", "csv"
    )
    assert answer.stdout == "day\n2026-11-23\n", answer.stderr
