"""Real answers of publishers, recorded once, through the whole path. Skipped where the recordings are not at hand."""

import contextlib
import csv
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import duckdb
import pytest

from ingest.home import PROJECT_ROOT
from tests.pipeline import Project
from tests.slow.test_dev import free_port
from tests.slow.test_kills import make_project

SHARED = PROJECT_ROOT.parent / "shared"
RECORDED = SHARED / "recorded"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers are not beside the project"),
]
KINDS = "select distinct mw_kind from core.core_ai_site where mw_kind is not null"
MAY, JULY = "2026-05-25", "2026-07-10"


@contextlib.contextmanager
def replaying(today: str) -> Iterator[str]:
    """Serve the recordings that were current on a day; give the mirror's address."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, str(SHARED / "tools" / "replay_server.py"), "--port", str(port), "--today", today],
        stdout=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 20
        while True:
            assert server.poll() is None, "the replay server ended"
            assert time.monotonic() < deadline, "the replay server did not start"
            try:
                urllib.request.urlopen(address, timeout=1)
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


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
    project = make_project(tmp_path_factory.mktemp("recorded"))
    # The fixture wheels were released after May.
    for wheel in (project.root / "ingest" / "sources").glob("*/*.yml"):
        wheel.write_text(wheel.read_text().replace("2026-10-01", "2026-03-01"))
    with replaying(MAY) as address:
        project = replace(project, now=MAY, mirror=address)
        may = project.atlas("refresh")
    kinds = {
        kind for (kind,) in ask(project, "select distinct mw_kind from core.core_ai_site where mw_kind is not null")
    }
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
        "where iso3 = 'USA' and stage = 'operational'",
    )
    assert central == pytest.approx(running_mw("2026-07-07", "United States"), abs=0.01)
    assert 0 < low <= central <= high
    assert source_id == "epoch_data_center_timelines"


def test_no_megawatt_is_counted_twice(replayed: Replayed) -> None:
    """A project of both sources counts once, and so does a stage of a country that both cover."""
    twice = ask(
        replayed.project,
        "select iso3, stage from core.core_capacity_phase where is_selected "
        "group by all having count(distinct source_id) > 1",
    )
    assert twice == []
    left_out = "from core.core_capacity_phase where not is_selected group by all"
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


def test_the_first_vintage_of_another_header_lands_too(replayed: Replayed, tmp_path: Path) -> None:
    project = replace(replayed.project, home=tmp_path / "home", now=JULY)
    names = ("data_centers.csv", "data_center_timelines.csv")
    files = [str(RECORDED / "files" / "epoch" / f"2025-12-11__{name}") for name in names]
    done = project.atlas("import", "epoch_data_centers", *files, "--day", "2025-12-11")
    assert done.returncode == 0, done.stdout + done.stderr
    done = project.atlas("import", "epoch_data_center_timelines", files[1], "--day", "2025-12-11")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "112" in done.stdout
