"""`make dev`: the schedule is on, and a person materialises today's partition in a browser."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from ingest.home import PROJECT_ROOT
from tests.slow.test_kills import make_project

pytestmark = pytest.mark.slow
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
WAIT_MS = 60_000


@dataclass(frozen=True)
class Server:
    """A running `make dev`."""

    address: str
    home: Path

    def ask(self, query: str) -> dict[str, Any]:
        """Return the data of a GraphQL query."""
        request = urllib.request.Request(
            f"{self.address}/graphql", json.dumps({"query": query}).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["data"]

    def newest_run(self) -> dict[str, Any] | None:
        """Return status, tags and job of the newest run."""
        runs = self.ask("{runsOrError(limit:1){... on Runs{results{status jobName tags{key value}}}}}")
        return next(iter(runs["runsOrError"]["results"]), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start `make dev` in a copy of the project whose sources are fixture wheels."""
    project = make_project(tmp_path_factory.mktemp("dev"))
    for name in ("Makefile", "workspace.yaml", ".venv"):
        (project.root / name).symlink_to(PROJECT_ROOT / name)
    port = free_port()
    environment = {name: value for name, value in project.environment.items() if name != "ATLAS_NOW"}
    worker = subprocess.Popen(
        ["make", "dev", f"PORT={port}", "--assume-old=.venv/.installed"], cwd=project.root, env=environment,
        start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    started = Server(f"http://127.0.0.1:{port}", project.home)
    deadline = time.monotonic() + 120
    try:
        while not is_up(started):
            assert worker.poll() is None, "make dev ended"
            assert time.monotonic() < deadline, "make dev did not answer"
            time.sleep(0.5)
        yield started
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.wait(timeout=20)
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(timeout=30)


def is_up(server: Server) -> bool:
    try:
        return bool(server.ask("{version}")["version"])
    except OSError:
        return False


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser.new_page(viewport={"width": 1600, "height": 1300})
        browser.close()


def test_the_schedule_and_the_sensors_are_on(server: Server):
    found = server.ask(
        "{repositoriesOrError{... on RepositoryConnection{nodes{"
        "schedules{name cronSchedule scheduleState{status}} sensors{name sensorState{status}}}}}}"
    )["repositoriesOrError"]["nodes"][0]
    assert found["schedules"] == [
        {"name": "daily_refresh", "cronSchedule": "0 6 * * *", "scheduleState": {"status": "RUNNING"}}
    ]
    states = {sensor["name"]: sensor["sensorState"]["status"] for sensor in found["sensors"]}
    assert states == dict.fromkeys(["dead_runs", "scheduled_run_failed", "scheduled_run_degraded"], "RUNNING")


def test_todays_partition_materialises_from_the_browser(server: Server, page: Page):
    page.goto(f"{server.address}/asset-groups")
    page.get_by_role("button", name="Materialize all").first.click(timeout=WAIT_MS)
    page.get_by_role("button", name="Latest").click(timeout=WAIT_MS)
    page.get_by_role("button", name="Launch 1 run").click(timeout=WAIT_MS)
    deadline = time.monotonic() + 180
    while (run := server.newest_run()) is None or run["status"] not in ("SUCCESS", "FAILURE", "CANCELED"):
        assert time.monotonic() < deadline, f"the run did not end: {run}"
        time.sleep(1)
    assert run["status"] == "SUCCESS"
    tags = {tag["key"]: tag["value"] for tag in run["tags"]}
    assert tags["dagster/partition"] == str(datetime.now(UTC).date())
    assert (server.home / "published" / "atlas.duckdb").exists()


def test_the_asset_page_shows_status_gate_and_preview(server: Server, page: Page, tmp_path: Path):
    page.goto(f"{server.address}/assets/codecarbon_energy_mix")
    page.get_by_text("plausibility").first.wait_for(timeout=WAIT_MS)
    text = page.inner_text("body")
    for wanted in ("status", "gate", "content_period", "vintage", "vintage_age_days", "preview", "country_code"):
        assert wanted in text, wanted
    page.screenshot(path=str(tmp_path / "asset.png"))


def test_the_lineage_leads_from_sources_to_marts(server: Server, page: Page, tmp_path: Path):
    page.goto(f"{server.address}/asset-groups")
    page.get_by_text("marts").first.wait_for(timeout=WAIT_MS)
    text = page.inner_text("body")
    for group in ("announcements", "compute", "energy", "reference", "warehouse", "staging", "core", "marts"):
        assert group in text, group
    page.screenshot(path=str(tmp_path / "lineage.png"))
