"""`make dev`: the schedule is on, and a person materialises today's partition in a browser."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser import chromium
from tests.dev_server import Server, serving
from tests.pipeline import make_project

pytestmark = pytest.mark.slow
WAIT_MS = 60_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start `make dev` in a copy of the project whose sources are fixture wheels."""
    with serving(make_project(tmp_path_factory.mktemp("dev"))) as started:
        yield started


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield browser.new_page(viewport={"width": 1600, "height": 1300})


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
    while (run := next(iter(server.runs()), None)) is None or run["status"] not in ("SUCCESS", "FAILURE", "CANCELED"):
        assert time.monotonic() < deadline, f"the run did not end: {run}"
        time.sleep(1)
    assert run["status"] == "SUCCESS"
    assert run["tags"]["dagster/partition"] == str(datetime.now(UTC).date())
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
