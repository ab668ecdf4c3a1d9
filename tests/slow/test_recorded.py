"""Real answers of publishers, recorded once, through the whole path. Skipped where the recordings are not at hand."""

import csv
import json
import shutil
from dataclasses import dataclass, replace
from subprocess import CompletedProcess
from typing import Any

import duckdb
import pytest

from ingest.declaration import get_declaration, load_declarations
from ingest.home import PROJECT_ROOT
from tests.pipeline import Project, make_project
from tests.recorded import RECORDED, as_asked, replaying
from tests.web import http_sources

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers are not beside the project"),
]
KINDS = (
    "select distinct mw_kind from core.core_ai_site join core.core_clock using (clock_id) "
    "where is_latest and is_listed and mw_kind is not null"
)
MAY, JULY = "2026-05-25", "2026-07-10"


@dataclass(frozen=True)
class Replayed:
    """Two refreshes of one state folder, in May and in July 2026."""

    project: Project
    may: CompletedProcess[str]
    may_kinds: set[str]
    july: CompletedProcess[str]


def ask(project: Project, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str((project.home / "published" / "atlas.duckdb").resolve()), read_only=True) as con:
        return con.sql(sql).fetchall()


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    project = make_project(tmp_path_factory.mktemp("recorded"), sources=load_declarations())
    # Floors as declared: an excerpt has to be stopped by them.
    for source_id in http_sources():
        path = get_declaration(source_id).path
        shutil.copy(path, project.root / path.relative_to(PROJECT_ROOT))
    # The fixture wheels were released after May.
    for wheel in (project.root / "ingest" / "sources").glob("*/*.yml"):
        wheel.write_text(wheel.read_text().replace("2026-10-01", "2026-03-01"))
    with replaying(MAY) as address:
        project = replace(project, now=MAY, mirror=address)
        may = project.atlas("refresh")
    kinds = {kind for (kind,) in ask(project, KINDS)}
    with replaying(JULY) as address:
        project = replace(project, now=JULY, mirror=address)
        return Replayed(project, may, kinds, project.atlas("refresh"))


def recorded_rows(name: str) -> list[dict[str, str]]:
    csv.field_size_limit(2**28)
    with (RECORDED / "files" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


WHOLE = {
    ("epoch_data_centers", MAY): "epoch/2026-05-23__data_centers.csv",
    ("epoch_data_center_timelines", MAY): "epoch/2026-05-23__data_center_timelines.csv",
    ("epoch_data_centers", JULY): "epoch/2026-07-07__data_centers.csv",
    ("epoch_data_center_timelines", JULY): "epoch/2026-07-07__data_center_timelines.csv",
    ("owid_electricity_generation", MAY): "owid/2026-04-29__electricity-generation.csv",
    ("owid_carbon_intensity", MAY): "owid/2026-04-29__carbon-intensity-electricity.csv",
}


@pytest.mark.parametrize(("source_id", "day"), WHOLE)
def test_a_whole_file_lands_with_its_rows(replayed: Replayed, source_id: str, day: str) -> None:
    rows = ask(
        replayed.project,
        f"select n_rows, n_set_aside from ops.ops_vintage where source_id = '{source_id}' and known_at = '{day}'",
    )
    assert rows == [(len(recorded_rows(WHOLE[source_id, day])), 0)]


def test_both_refreshes_publish(replayed: Replayed) -> None:
    for done in (replayed.may, replayed.july):
        assert done.returncode == 0, done.stderr
        assert "Published build" in done.stdout
        assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("source_id", ["peeringdb_facilities", "peeringdb_exchanges"])
def test_an_excerpt_parses_and_types_and_is_blocked_by_its_floor(replayed: Replayed, source_id: str) -> None:
    of_newest = f"from ops.ops_check_results where subject = '{source_id}' and is_newest"
    checks = dict(ask(replayed.project, f"select rule, outcome {of_newest}"))
    assert {checks[rule] for rule in ("columns_present", "column_types", "columns_declared", "has_rows")} == {"passed"}
    assert (checks["unique:key"], checks["country_mapped"]) == ("passed", "passed")
    assert checks["min_rows"] == "failed"
    assert f"{source_id}: min_rows" in replayed.july.stdout


def test_an_address_without_a_recording_is_unreachable(replayed: Replayed) -> None:
    calendar = f"from marts.mart_source_calendar where day = '{JULY}'"
    statuses = dict(ask(replayed.project, f"select source_id, status {calendar}"))
    assert statuses["owid_electricity_demand"] == "unreachable"
    assert "owid_electricity_demand: the mirror holds no copy of it." in replayed.july.stdout


def running_mw(day: str, country: str) -> float:
    """Recompute what runs in a country from the recorded files alone."""
    where = {row["Name"]: row["Country"] for row in recorded_rows(f"epoch/{day}__data_centers.csv")}
    newest: dict[str, tuple[str, float]] = {}
    for row in recorded_rows(f"epoch/{day}__data_center_timelines.csv"):
        if row["Date"] <= day:
            newest[row["Data center"]] = max(
                newest.get(row["Data center"], ("", 0.0)), (row["Date"], float(row["Power (MW)"]))
            )
    return sum(power for name, (_, power) in newest.items() if where.get(name) == country)


def test_what_runs_in_the_united_states_has_a_range(replayed: Replayed) -> None:
    ((low, central, high, source_id),) = ask(
        replayed.project,
        "select v_low_mw, v_central_mw, v_high_mw, source_id from marts.mart_country_capacity "
        "where is_latest and iso3 = 'USA' and stage = 'operational'",
    )
    assert central == pytest.approx(running_mw("2026-07-07", "United States"), abs=0.01)
    assert 0 < low <= central <= high
    assert source_id == "epoch_data_center_timelines"


def test_no_megawatt_is_counted_twice(replayed: Replayed) -> None:
    """A project of both sources counts once, and so does a stage of a country that both cover."""
    twice = ask(
        replayed.project,
        "select clock_id, iso3, stage from core.core_capacity_phase where is_selected "
        "group by all having count(distinct source_id) > 1",
    )
    assert twice == []
    left_out = (
        "from core.core_capacity_phase join core.core_clock using (clock_id) "
        "where not is_selected and is_latest and history = 'as_now' group by all"
    )
    reasons = dict(ask(replayed.project, f"select reason_not_selected, count(*) {left_out}"))
    assert reasons["same_project"] >= 5
    assert reasons["same_country_and_stage"] >= 5


def test_power_is_tagged_with_what_it_was(replayed: Replayed) -> None:
    assert replayed.may_kinds == {"facility"}
    assert ask(replayed.project, KINDS) == [("it",)]


def test_the_switch_is_a_warning_a_person_sees(replayed: Replayed) -> None:
    told = "epoch_data_centers warns: power_kind_unchanged"
    assert told not in replayed.may.stdout
    (line,) = [line for line in replayed.july.stdout.splitlines() if told in line]
    assert "from facility to it power" in line
    ((severity, outcome, sample),) = ask(
        replayed.project,
        "select severity, outcome, sample from ops.ops_check_results where rule = 'power_kind_unchanged' and is_newest",
    )
    assert (severity, outcome, json.loads(sample)[0]["n_sites"]) == ("warn", "failed", 68)


FEEDS = {
    "openai_news": ("2026-08-29__openai_news.xml", 3), "gdelt_doc": ("2026-08-28__gdelt_doc.json", 5),
    "federal_register": ("2026-07-14__federal_register.json", 5),
}  # fmt: skip


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A state folder with two imported vintages of Epoch AI's figures, and nothing of the web."""
    project = make_project(tmp_path_factory.mktemp("imported"))
    for day in ("2025-12-11", "2026-05-23"):
        sites, states = (
            str(RECORDED / "files" / "epoch" / f"{day}__{name}")
            for name in ("data_centers.csv", "data_center_timelines.csv")
        )
        for source_id, files in (("epoch_data_centers", (sites, states)), ("epoch_data_center_timelines", (states,))):
            done = project.atlas("import", source_id, *files, "--day", day)
            assert done.returncode == 0, done.stdout + done.stderr
    for source_id, (name, _) in FEEDS.items():
        paths = []
        for part, content in as_asked(source_id, RECORDED / "files" / "feeds" / name).items():
            paths.append(tmp_path_factory.mktemp(source_id) / part)
            paths[-1].write_bytes(content)
        done = project.atlas("import", source_id, *map(str, paths), "--day", name[:10])
        assert done.returncode == 0, done.stdout + done.stderr
    done = project.atlas("refresh")
    assert done.returncode == 0, done.stdout + done.stderr
    return project


def test_recorded_items_are_known_from_the_days_they_prove(imported: Project) -> None:
    told = "select source_id, count(*), count(*) filter (known_at = published_on and known_at <= first_seen)"
    found = ask(imported, f"{told} from core.core_announcement_item group by all")
    assert {source_id: (n, n_proven) for source_id, n, n_proven in found} == {
        source_id: (n, n) for source_id, (_, n) in FEEDS.items()
    }


def test_the_figure_of_one_past_day_fell_by_42_percent(imported: Project) -> None:
    """For 2025-12-01, over the sites that go by one name in both vintages, as each vintage was known."""
    rows = ask(
        imported,
        "select count(*), sum(before.facility_power_mw), sum(later.facility_power_mw) "
        "from core.ai_site_asof('2025-12-01', '2025-12-11') as before "
        "join core.ai_site_asof('2025-12-01', '2026-05-23') as later using (site_name)",
    )
    assert rows == [(14, 3764.0, 2196.0)]


def test_the_revision_shows_it_and_two_renamed_sites_besides(imported: Project) -> None:
    rows = ask(
        imported,
        "select entity_kind, n_entities, prev_value, value, kind, round(rel_revision, 3) from marts.mart_revision "
        "where entity_kind like 'panel%' and source_id = 'epoch_data_center_timelines' "
        "and valid_date = '2025-11-30' and known_at = '2026-05-23' order by 1",
    )
    assert rows == [
        ("panel_same_entity", 16, 4538.0, 2937.0, "revision", -0.353),
        ("panel_same_name", 14, 3764.0, 2196.0, "revision", -0.417),
    ]


def test_what_was_believed_then_and_what_is_known_now_of_it_stand_side_by_side(imported: Project) -> None:
    sql = (
        "select history, known_at::varchar, round(sum(v_central_mw)) from marts.mart_country_capacity "
        "where stage = 'operational' and as_of = '{}' and source_id = 'epoch_data_center_timelines' group by all"
    )
    assert {row[0]: row[1:] for row in ask(imported, sql.format("2025-12-31"))} == {
        "as_known": ("2025-12-31", 4538.0),
        "as_now": ("2026-11-22", 6576.0),
    }
    # A month before its first vintage nothing of it was known.
    assert [row[0] for row in ask(imported, sql.format("2025-11-30"))] == ["as_now"]


def test_a_site_that_was_split_is_kept_in_view_and_counted_once(replayed: Replayed) -> None:
    """QTS Richmond is three sites under other names from July on; nobody but a person can tell."""
    rows = ask(
        replayed.project,
        "select is_listed, facility_power_mw from core.core_ai_site join core.core_clock using (clock_id) "
        "where is_latest and history = 'as_now' and site_name = 'QTS Richmond'",
    )
    assert rows == [(False, 854.0)]
    presence = "from core.core_presence where entity_id = 'qts-richmond'"
    assert ask(replayed.project, f"select first_seen::varchar, last_seen::varchar, closed_on {presence}") == [
        (MAY, MAY, None)
    ]
