"""The whole path in a copy of the project: import, refresh, publish, refresh again."""

import json
import shutil
import sys
from datetime import date
from subprocess import CompletedProcess
from typing import Any

import duckdb
import pytest
from filelock import FileLock

from ingest.declaration import get_declaration
from tests.conftest import IMPORTED_ON, PACKAGES, Refreshed
from tests.pipeline import sources_of_tables

PYTHON = (sys.executable, "-c")

# The sources of the copy that is refreshed.
DECLARED = {source_id: get_declaration(source_id) for source_id in sources_of_tables()}


@pytest.fixture(scope="module")
def again(refreshed: Refreshed) -> CompletedProcess[str]:
    """A second refresh, after the folder of wheels was emptied."""
    for wheel in refreshed.project.wheels.iterdir():
        wheel.unlink()
    return refreshed.project.atlas("refresh")


def ask(refreshed: Refreshed, sql: str) -> list[tuple[Any, ...]]:
    path = (refreshed.project.home / "published" / "atlas.duckdb").resolve()
    with duckdb.connect(str(path), read_only=True) as con:
        return con.sql(sql).fetchall()


def manifest(refreshed: Refreshed) -> dict[str, Any]:
    return json.loads((refreshed.project.home / "published" / "current" / "manifest.json").read_text())


def said(done: CompletedProcess[str]) -> str:
    return done.stdout + done.stderr


def test_commands_run_the_code_of_the_copy(refreshed: Refreshed) -> None:
    script = (
        "import ingest, expectations, orchestration as o; print(ingest.__file__, expectations.__file__, o.__file__)"
    )
    where = refreshed.project.execute(*PYTHON, script).stdout.split()
    assert where == [
        str(refreshed.project.root / name / "__init__.py") for name in ("ingest", "expectations", "orchestration")
    ]


def test_a_refresh_publishes_although_one_source_is_unreachable_and_strict_tells(refreshed: Refreshed) -> None:
    assert refreshed.first.returncode == 3, said(refreshed.first)
    assert "Published build" in refreshed.first.stdout
    assert "codecarbon 2.0 could not be downloaded" in said(refreshed.first)
    assert "Traceback" not in said(refreshed.first)


def test_every_mart_has_rows(refreshed: Refreshed) -> None:
    tables = {name: table["n_rows"] for name, table in manifest(refreshed)["tables"].items() if "marts." in name}
    assert "marts.mart_country_profile" in tables
    assert [name for name, n_rows in tables.items() if not n_rows] == []


def test_every_source_but_the_unreachable_one_was_up_to_date(refreshed: Refreshed) -> None:
    statuses = dict(ask(refreshed, "select source_id, status from marts.mart_source_calendar where day = '2026-11-22'"))
    assert statuses.pop("codecarbon_energy_mix") == "unreachable"
    own = {name for name, one in DECLARED.items() if one.transport.kind == "http" and not one.items} | {"added"}
    # What rests on memory or is not proven is known from the day it is first seen.
    own |= {
        "bloc_memberships", "deal_parties", "official_data_center_consumption", "organisations", "project_aliases",
        "world_data_center_electricity",
    }  # fmt: skip
    assert {name for name, status in statuses.items() if status == "fetched"} == own
    # What they told had been known before that day.
    by_row = {name for name, one in DECLARED.items() if one.transport.kind == "ledger" or one.items} - own
    # Decided on later days.
    by_row.remove("candidate_reviews")
    assert statuses["candidate_reviews"] == "no_vintage"
    # It is large, and nobody has asked for it.
    by_row.remove("gdelt_gkg")
    assert statuses["gdelt_gkg"] == "disabled"
    assert {name for name, status in statuses.items() if status == "unchanged"} == {*PACKAGES, *by_row} - {
        "codecarbon_energy_mix"
    }
    assert len(statuses) == len(DECLARED)


def test_an_imported_vintage_is_published_beside_the_one_in_force(refreshed: Refreshed) -> None:
    vintages = "from ops.ops_vintage where source_id = 'codecarbon_energy_mix'"
    rows = ask(refreshed, f"select known_at, basis, known_to {vintages} order by all")
    assert [(str(day), basis, known_to and str(known_to)) for day, basis, known_to in rows] == [
        (str(IMPORTED_ON), "archived", "2026-10-01"),
        ("2026-10-01", "edition", None),
    ]


def test_capacity_of_the_web_comes_with_its_range_and_the_ledger_beside_it(refreshed: Refreshed) -> None:
    rows = ask(
        refreshed,
        "select stage, v_low_mw, v_central_mw, v_high_mw, source_id, alternative_source_id "
        "from marts.mart_country_capacity where is_latest and iso3 = 'USA' "
        "and stage in ('operational', 'announced') order by stage",
    )
    # Thirteen of the forty sites are in the United States and each plans to double, see `published`.
    running = sum(100.0 + 13 * index for index in range(0, 40, 3) if index % 8 != 7)
    for stage, low, central, high, source_id, _ in rows:
        assert central == pytest.approx(running), stage
        assert (low, high) == (pytest.approx(0.5 * running), pytest.approx(1.1 * running))
        assert source_id == "epoch_data_center_timelines"
    assert [row[5] for row in rows] == ["ledger", "ledger"]


def test_figures_of_the_web_take_precedence_and_groups_are_no_countries(refreshed: Refreshed) -> None:
    rows = ask(
        refreshed,
        "select generation_source_id, demand_source_id, ci_source_id, count(distinct iso3), min(year) "
        "from marts.mart_country_power where year = 2024 and generation_twh > 0 group by all order by all",
    )
    assert rows == [
        ("ember_generation_yearly", "ember_generation_yearly", "ember_generation_yearly", 10, 2024),
        ("owid_electricity_generation", "owid_electricity_demand", "owid_carbon_intensity", 204, 2024),
    ]
    assert ask(refreshed, "select count(*) from marts.mart_country_power where year < 2000 and generation_twh > 0") == [
        (0,)
    ]


MACROS = {
    "mart_country_capacity": "capacity_asof", "mart_country_power": "power_asof",
    "mart_data_center_load": "data_center_load_asof",
    "mart_country_programme": "programme_asof", "mart_sovereignty_profile": "sovereignty_asof",
    "mart_alignment": "alignment_asof", "mart_finance": "finance_asof",
}  # fmt: skip


@pytest.mark.parametrize(("mart", "macro"), MACROS.items())
def test_a_macro_answers_for_a_pair_of_clocks_what_the_mart_holds_for_it(
    refreshed: Refreshed, mart: str, macro: str
) -> None:
    path = (refreshed.project.home / "published" / "atlas.duckdb").resolve()
    with duckdb.connect(str(path), read_only=True) as con:
        con.execute("set search_path = 'marts,core'")
        pairs = con.sql(f"select distinct history, as_of, known_at from {mart} order by all").fetchall()
        assert {"as_known", "as_now"} == {history for history, *_ in pairs}
        for history, as_of, known_at in [pairs[0], pairs[len(pairs) // 3], *pairs[-2:]]:
            figures = "select * exclude (history, is_latest) from"
            stored = f"{figures} {mart} where history = '{history}' and as_of = '{as_of}' order by all"
            asked = f"{figures} {macro}('{as_of}', '{known_at}') order by all"
            assert con.sql(asked).fetchall() == con.sql(stored).fetchall(), (history, as_of)


def test_a_clock_before_everything_knows_nothing(refreshed: Refreshed) -> None:
    assert ask(refreshed, "select count(*) from marts.capacity_asof('2024-12-31', '2024-12-31')") == [(0,)]
    assert ask(refreshed, "select count(*) from marts.power_asof('2020-01-01', '2020-01-01')") == [(0,)]


def test_nothing_known_later_is_in_an_earlier_row(refreshed: Refreshed) -> None:
    capacity = "from marts.mart_country_capacity where history = 'as_known'"
    # The sites of Epoch AI came with the web on the day of the build, the ledger's events with their own days.
    assert ask(refreshed, f"select max(as_of) {capacity} and source_id not like '%epoch%'") >= [(date(2026, 10, 31),)]
    assert ask(refreshed, f"select distinct as_of {capacity} and source_id like '%epoch%'") == [(date(2026, 11, 22),)]
    mix = "from marts.mart_country_power where history = 'as_known' and generation_source_id = 'codecarbon_energy_mix'"
    assert ask(refreshed, f"select min(as_of) {mix}") == [(date(2024, 1, 31),)]


def test_a_second_refresh_changes_nothing_although_the_wheels_are_gone(
    refreshed: Refreshed, again: CompletedProcess[str]
) -> None:
    assert again.returncode == 0, said(again)
    assert "Nothing has changed" in again.stdout
    assert "Traceback" not in said(again)
    builds = [path.name for path in (refreshed.project.home / "published" / "builds").iterdir()]
    assert builds == [manifest(refreshed)["build_id"]]


def test_archived_editions_need_no_index(refreshed: Refreshed, again: CompletedProcess[str]) -> None:
    assert again.returncode == 0
    (row,) = [line for line in again.stdout.splitlines() if "world_factbook" in line]
    assert "fetched" in row or "unchanged" in row


def test_a_refresh_of_one_source_asks_that_source_alone(refreshed: Refreshed) -> None:
    done = refreshed.project.atlas("refresh", "--source", "added", "--strict")
    assert done.returncode == 0, said(done)
    assert "added" in done.stdout
    assert "world_factbook" not in done.stdout
    assert "Traceback" not in said(done)


def test_a_held_lock_ends_a_refresh_at_once(refreshed: Refreshed) -> None:
    with FileLock(refreshed.project.home / "writer.lock"):
        done = refreshed.project.atlas("refresh")
    assert done.returncode == 4
    assert "Another run" in done.stderr
    assert "Traceback" not in said(done)


def test_a_source_added_by_its_declaration_alone_is_generated_and_built(refreshed: Refreshed) -> None:
    root = refreshed.project.root
    assert (root / "dbt_project/models/staging/stg_added.sql").exists()
    assert "name: stg_added" in (root / "dbt_project/models/staging/_sources.yml").read_text()
    with duckdb.connect(str(refreshed.project.home / "warehouse" / "build.duckdb"), read_only=True) as con:
        found = con.sql("select iso3, value, known_to from staging.stg_added order by all").fetchall()
    assert found == [("DEU", 2.0, None), ("FRA", 1.0, None)]


def test_the_unit_tests_of_the_models_pass(refreshed: Refreshed) -> None:
    parsed = refreshed.project.home / "dbt"
    target = shutil.copytree(parsed, refreshed.project.home / "unit")
    done = refreshed.project.execute(
        "dbt", "--quiet", "test", "--select", "test_type:unit", "--target-path", str(target), "--log-path", str(target),
        "--project-dir", str(refreshed.project.root / "dbt_project"),
    )  # fmt: skip
    assert done.returncode == 0, said(done)
    results = json.loads((target / "run_results.json").read_text())["results"]
    assert len(results) >= 27
    assert {result["status"] for result in results} == {"pass"}


STRUCTURE = """
import json
import shutil
import sys
from datetime import date
import dagster as dg
from ingest import clock
from orchestration.definitions import defs
dg.Definitions.validate_loadable(defs)
graph = defs.resolve_asset_graph()
print(json.dumps({
    "today": str(clock.today()),
    "assets": {key.to_user_string(): {
        "group": graph.get(key).group_name,
        "parents": sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
        "checks": sorted(check.name for check in graph.get_check_keys_for_assets([key])),
        "last_day": graph.get(key).partitions_def.get_last_partition_key() if graph.get(key).partitions_def else None,
    } for key in graph.get_all_asset_keys()},
    "jobs": sorted(job.name for job in defs.resolve_all_job_defs() if not job.name.startswith("__")),
    "schedules": [schedule.name for schedule in defs.schedules],
    "sensors": sorted(sensor.name for sensor in defs.sensors),
}))
"""


@pytest.fixture(scope="module")
def structure(refreshed: Refreshed) -> dict[str, Any]:
    """What the Dagster code location of the copy holds."""
    done = refreshed.project.execute(*PYTHON, STRUCTURE)
    assert done.returncode == 0, said(done)
    return json.loads(done.stdout.splitlines()[-1])


def test_every_source_is_an_asset_of_its_domain_with_its_checks(structure: dict[str, Any]) -> None:
    domains = {name: source.domain for name, source in DECLARED.items()} | {"added": "surveys"}
    for source_id, domain in domains.items():
        asset = structure["assets"][source_id]
        assert (asset["group"], asset["parents"]) == (domain, [])
        assert asset["checks"] == ["answered", "freshness", "gate"]


def test_sources_reach_dbt_through_landed_alone(structure: dict[str, Any]) -> None:
    staging = {name: asset for name, asset in structure["assets"].items() if asset["group"] == "staging"}
    feeds = staging.pop("stg_announcement_item")["parents"]
    assert feeds == sorted(f"stg_{source_id}" for source_id, source in DECLARED.items() if source.is_feed)
    assert set(staging) == {f"stg_{source_id}" for source_id in [*DECLARED, "added"]}
    assert {tuple(asset["parents"]) for asset in staging.values()} == {("landed",)}
    assert structure["assets"]["landed"]["parents"] == sorted([*DECLARED, "added"])


def test_publishing_comes_after_every_mart(structure: dict[str, Any]) -> None:
    marts = {name for name, asset in structure["assets"].items() if asset["group"] == "marts"}
    assert "mart_country_profile" in marts
    assert marts <= set(structure["assets"]["published"]["parents"])


def test_today_is_a_partition_of_sources(structure: dict[str, Any]) -> None:
    assert structure["assets"]["ledger"]["last_day"] >= structure["today"]


def test_the_job_its_schedule_and_the_sensors_are_there(structure: dict[str, Any]) -> None:
    assert "refresh" in structure["jobs"]
    assert structure["schedules"] == ["daily_refresh"]
    assert structure["sensors"] == ["dead_runs", "scheduled_run_degraded", "scheduled_run_failed"]
