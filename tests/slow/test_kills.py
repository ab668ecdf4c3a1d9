"""`kill -9` at every stage of a refresh: readers keep their build, the next refresh completes it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from ingest.home import Home
from orchestration import publish
from tests.conftest import PACKAGES
from tests.fixtures.published import good_bytes
from tests.pipeline import COMMAND, Project, copy_project, make_wheel

pytestmark = pytest.mark.slow
DEADLINE_SECONDS = 120


def make_project(folder: Path) -> Project:
    from ingest.declaration import get_declaration

    folder.mkdir(exist_ok=True)
    project = copy_project(folder)
    for source_id, domain in PACKAGES.items():
        package = get_declaration(source_id).transport.package  # ty: ignore[unresolved-attribute]
        wheel = make_wheel(package, "1.0", date(2026, 10, 1), good_bytes(source_id))
        wheel.put(project.wheels)
        project.pin(domain, source_id, wheel)
    return project


def facts(project: Project) -> dict[str, Any]:
    manifest = publish.current(Home(project.home))
    assert manifest is not None
    return {name: table["sha256"] for name, table in manifest["tables"].items()
            if not name.startswith("ops.") and name != "marts.mart_source_calendar"}  # fmt: skip


def kill_when(project: Project, reached: Callable[[], bool]) -> None:
    """Start a refresh and kill it with all its children once a stage is reached."""
    worker = subprocess.Popen(
        [*COMMAND, "refresh"], cwd=project.root, env=project.environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + DEADLINE_SECONDS
    try:
        while not reached():
            assert worker.poll() is None, "the refresh ended before the stage was reached"
            assert time.monotonic() < deadline, "the stage was never reached"
            time.sleep(0.002)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(timeout=30)


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
    kill_when(project, lambda: STAGES[stage](project.home))
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
    manifest = publish.current(Home(project.home))
    assert manifest is not None
    tomorrow = replace(project, now="2026-11-23")
    kill_when(tomorrow, lambda: STAGES["publishing"](project.home))
    still = publish.current(Home(project.home))
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
