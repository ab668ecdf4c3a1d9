"""Superset from nothing to a dashboard, by the commands of docs/bi.md: every chart has rows, none shows an error.

It uses the package index this machine is set up with.
"""

import json
import os
import re
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Response

from bi.superset import bundle, charts, dashboard, datasets
from ingest.home import PROJECT_ROOT
from tests.browser import chromium
from tests.pipeline import COMMAND, make_project
from tests.postgres_server import PostgresServer, postgres_server
from tests.superset_site import ADMIN, INSTALL_SECONDS, OWNER, READER, Site

pytestmark = pytest.mark.slow
WAIT_MS = 90_000
# What a dashboard shows in place of a chart, or above it.
FAULTS = re.compile(
    r"unexpected error|data error|there was an error|no results were returned|missing|timed? ?out", re.I
)


def in_postgres(server: PostgresServer, folder: Path) -> None:
    """Make database and roles by the recipe, and publish a small build of fixtures to it."""
    server.follow_recipe(OWNER, READER)
    server.run("create database without_marts")
    project = make_project(folder)
    address = server.address("atlas", "atlas", "")
    for arguments in (["refresh"], ["publish", "--to", address]):
        done = subprocess.run(
            [*COMMAND, *arguments], cwd=project.root, env=project.environment | {"PGPASSWORD": OWNER},
            capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    # The fixtures name countries by their code; the page of a country opens with one that has a name.
    for table in ("dim_country", "mart_country_profile"):
        server.run(f"update marts.{table} set name = 'United Kingdom' where iso3 = 'GBR'", database="atlas")  # ty: ignore[invalid-argument-type]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("superset")
    with postgres_server() as server:
        in_postgres(server, folder / "atlas")
        made = Site(folder, server)
        done = made.make("superset-import")
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        yield made


@pytest.fixture(scope="module")
def first_import(site: Site) -> dict[str, list[tuple[Any, ...]]]:
    return site.content()


@pytest.fixture(scope="module")
def served(site: Site, first_import: dict[str, Any]) -> Iterator[Site]:
    with site.serving():
        yield site


@pytest.fixture(scope="module")
def page(served: Site) -> Iterator[Page]:
    with chromium() as browser:
        opened = browser.new_page(viewport={"width": 1600, "height": 2300})
        opened.goto(f"{served.address}/login/", wait_until="networkidle", timeout=WAIT_MS)
        opened.fill("#username", "admin", timeout=WAIT_MS)
        opened.fill("#password", ADMIN)
        opened.keyboard.press("Enter")
        opened.wait_for_url("**/superset/welcome/**", timeout=WAIT_MS)
        yield opened


def test_importing_again_changes_nothing(served: Site, first_import: dict[str, Any]):
    assert served.content() == first_import
    assert len(first_import["slices"]) == len(charts.CHARTS)
    assert len(first_import["dashboard_slices"]) == len(charts.CHARTS)


@pytest.mark.parametrize("dataset", datasets.DATASETS, ids=lambda dataset: dataset.name)
def test_a_dataset_has_the_columns_it_tells(site: Site, dataset: datasets.Dataset):
    with site.database.connect("atlas", "bi_tool", READER) as con:
        found = con.execute(f"select * from ({bundle.query(dataset)}) as t limit 0").description  # ty: ignore[no-matching-overload]
    assert [column.name for column in found or []] == list(bundle.columns(dataset))


def test_the_map_never_shows_an_unknown(site: Site):
    dataset = next(one for one in datasets.DATASETS if one.name == "Figures for the map")
    with site.database.connect("atlas", "bi_tool", READER) as con:
        rows = con.execute(f"select figure, iso3, value, low, high from ({bundle.query(dataset)}) as t").fetchall()  # ty: ignore[no-matching-overload]
    assert len({(figure, iso3) for figure, iso3, *_ in rows}) == len(rows)
    assert datasets.OPERATIONAL in {figure for figure, *_ in rows}
    assert all(value is not None and low <= value <= high for *_, value, low, high in rows)


def test_every_chart_of_every_tab_has_rows_and_shows_no_error(served: Site, page: Page, tmp_path: Path):
    ids = served.ids()
    rows: dict[str, int] = {}
    faults: list[str] = []
    outside: set[str] = set()

    def answered(response: Response) -> None:
        path = urlsplit(response.url).path
        if not response.url.startswith((served.address, "data:", "blob:")):
            outside.add(response.url)
        if path not in ("/api/v1/chart/data", "/superset/explore_json/"):
            return
        asked = parse_qs(urlsplit(response.url).query).get("form_data", ["{}"])[0]
        name = ids.get(json.loads(asked).get("slice_id"), "")
        told = response.json()
        if response.status != 200:
            faults.append(f"{name}: {response.status} {told}")
            return
        results = told.get("result", [told])
        faults.extend(f"{name}: {one['error']}" for one in results if one.get("error"))
        if name:
            rows[name] = min(len(one["data"]) for one in results)

    page.on("response", answered)
    for tab in dashboard.TABS:
        page.goto(f"{served.address}/superset/dashboard/{dashboard.SLUG}/#{bundle.tab_id(tab)}")
        page.reload()
        for _, row in tab.rows:
            for name, _ in row:
                page.locator(f'[data-test-chart-name="{name}"]').scroll_into_view_if_needed(timeout=WAIT_MS)
        names = [name for _, row in tab.rows for name, _ in row]
        deadline = time.monotonic() + WAIT_MS / 1000
        while not set(names) <= set(rows):
            assert time.monotonic() < deadline, f"{tab.name}: not asked for {set(names) - set(rows)}; {faults}"
            page.wait_for_timeout(200)
        page.locator('[data-test="loading-indicator"], .loading').first.wait_for(state="hidden", timeout=WAIT_MS)
        page.wait_for_timeout(1000)
        page.screenshot(path=str(tmp_path / f"{tab.name}.png"), timeout=WAIT_MS)
        for name in names:
            shown = page.locator(f'[data-test-chart-name="{name}"]').inner_text(timeout=WAIT_MS)
            if FAULTS.search(shown):
                faults.append(f"{name} shows {shown[:200]}")
    page.remove_listener("response", answered)
    assert not faults, faults
    assert not outside, outside
    assert set(rows) == {chart.name for chart in charts.CHARTS}
    assert [name for name, n_rows in rows.items() if n_rows == 0] == []


def test_a_chart_shows_what_the_database_holds_now(served: Site, page: Page):
    def first_value() -> float:
        with page.expect_response(lambda answer: "explore_json" in answer.url, timeout=WAIT_MS) as answer:
            page.goto(f"{served.address}/superset/dashboard/{dashboard.SLUG}/#{bundle.tab_id(dashboard.TABS[0])}")
            page.reload()
        return max(row["m1"] for row in answer.value.json()["data"])

    before = first_value()
    served.database.run(
        "update marts.mart_country_capacity set v_central_mw = v_central_mw + 1000000, v_high_mw = v_high_mw + 1000000 "
        "where stage = 'operational' and is_latest",
        database="atlas",
    )
    assert first_value() == before + 1_000_000


def test_the_commands_of_psql_answer(site: Site):
    page = (PROJECT_ROOT / "docs" / "bi.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"## psql\n\n```sh\n(.*?)```", page, re.DOTALL)
    path = {"PATH": f"{site.database.bin}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-ec", block], env=site.environment(**path), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "v_central_mw" in done.stdout
    assert "infra-atlas build" in done.stdout


def test_nobody_gets_in_without_the_password(served: Site):
    request = urllib.request.Request(
        f"{served.address}/api/v1/security/login",
        json.dumps({"username": "admin", "password": "admin", "provider": "db"}).encode(),
        {"content-type": "application/json"},
    )
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(request, timeout=30)
    with pytest.raises(urllib.error.HTTPError, match="40[13]"):
        urllib.request.urlopen(f"{served.address}/api/v1/chart/", timeout=30)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"ATLAS_SUPERSET_PASSWORD": ""}, "Superset has no user yet. Set ATLAS_SUPERSET_PASSWORD"),
        ({"ATLAS_SUPERSET_PASSWORD": "short"}, "at least 12 characters; it has 5"),
        (
            {"PGPASSWORD": "wrong-of-the-reader"},
            "did not answer: .*Set PGHOST, PGPORT, PGDATABASE, PGUSER",
        ),
        ({"PGDATABASE": "without_marts"}, "holds no marts that this user may read. Run `atlas publish --to …` first"),
    ],
)
def test_what_is_not_set_is_told_in_one_line(site: Site, tmp_path: Path, changed: dict[str, str], told: str):
    done = site.make("superset-import", **({"ATLAS_HOME": str(tmp_path / "other")} | changed))
    assert done.returncode != 0
    assert re.search(told, done.stderr), done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "wrong-of-the-reader" not in done.stderr
    assert not (tmp_path / "other" / "superset" / "superset.db").exists()


def test_no_password_is_written_anywhere(site: Site):
    assert (site.state / "secret_key").stat().st_mode & 0o777 == 0o600
    assert site.state.stat().st_mode & 0o777 == 0o700
    kept = [path for path in [*site.state.rglob("*"), site.folder / "served"] if path.is_file()]
    for secret in (READER, ADMIN, OWNER):
        assert [path.name for path in kept if secret.encode() in path.read_bytes()] == []
        assert secret not in site.said
