"""A source is three files: declaration, rules, fixture. Nothing else is written or edited by hand."""

import shutil
import sys
from dataclasses import replace

import duckdb
import pytest

from ingest.home import PROJECT_ROOT, Home
from tests.pipeline import NOT_COPIED, make_project
from tests.web import running

pytestmark = pytest.mark.slow
LANDS = [
    "ARG", "AUT", "BEL", "BGR", "BRA", "CAN", "CHE", "CHL", "CHN", "COL", "CZE", "DEU", "ECU", "EGY", "ESP", "EST",
    "FIN", "FRA", "GBR", "GRC", "HKG", "HUN", "IDN", "IND", "IRL", "ISL", "ITA", "JPN", "KOR", "NAM", "NOR", "TWN",
]  # fmt: skip

SOURCE_ID = "made_up_reservoirs"
DECLARATION = """\
source_id: made_up_reservoirs
name: Water behind dams (made up)
domain: energy
publisher: Bureau of Invented Waters
homepage: https://waters.example.org/
description: Energy that could be made of the water behind dams, by country and month. Made up.
licence:
  id: CC0-1.0
  url: https://creativecommons.org/publicdomain/zero/1.0/
  attribution: Invented Waters
  redistributable: true
tier: 2
history_class: C
cadence: {publishes: monthly}
transport: {kind: http, files: {levels.csv: "https://waters.example.org/levels.csv"}, media_types: [text/csv]}
parse: {format: csv}
columns:
  - {name: country_code, source: Land, type: string, key: true, nullable: false, description: "Country, alpha-3."}
  - {name: month, source: Month, type: date, key: true, nullable: false, description: "First day of the month."}
  - {name: stored_twh, source: Stored, type: number, unit: TWh, nullable: false, max: 500, description: "Energy there."}
country: {column: country_code, code: iso3}
volume: {min_rows: 30, max_drop_pct: 5}
freshness: {period_column: month, max_age_days: 120}
"""
RULES = '''\
"""Rules of the water behind dams."""

from datetime import date

import polars as pl

from expectations.rule import Rule


def _scale(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    median = frame.select(median_twh=pl.median("stored_twh"))
    return median.filter(~pl.col("median_twh").is_between(1, 100))


RULES = [Rule("stored_scale", "block", "the median store is 1 to 100 TWh", "Look for another unit.", _scale)]
'''
FIXTURE = '''\
"""Water behind dams, as nobody publishes it."""

from tests.fixtures.kit import ISO3, Bad, Row, csv_bytes, each, thousandth


def good_rows() -> list[Row]:
    return [{"Land": code, "Month": "2026-09-01", "Stored": 5.0 + index} for index, code in enumerate(ISO3[:40])]


def files(rows: list[Row]) -> dict[str, bytes]:
    return {"levels.csv": csv_bytes(rows)}


BAD: list[Bad] = [("in PWh", "stored_scale", "block", each("Stored", thousandth))]
'''


def test_three_files_are_a_source(tmp_path) -> None:
    project = make_project(tmp_path / "copy")
    shutil.copytree(PROJECT_ROOT / "tests", project.root / "tests", ignore=NOT_COPIED)
    shutil.copy(PROJECT_ROOT / "pyproject.toml", project.root)
    before = {path for path in project.root.rglob("*") if path.is_file()}
    written = {
        "ingest/sources/energy/made_up_reservoirs.yml": DECLARATION,
        "expectations/rules/made_up_reservoirs.py": RULES,
        "tests/fixtures/sources/made_up_reservoirs.py": FIXTURE,
    }
    for name, text in written.items():
        assert project.root / name not in before
        (project.root / name).write_text(text, encoding="utf-8")

    walks = ["tests/unit/test_gate_rules.py", "tests/unit/test_web_faults.py", "-m", "slow or not slow"]
    tested = project.execute(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", "-k", SOURCE_ID, *walks)
    assert tested.returncode == 0, tested.stdout + tested.stderr
    for name in ("test_good_load_passes_clean", "made_up_reservoirs-in PWh", "made_up_reservoirs-503 twice, then fine"):
        assert name in tested.stdout, name

    levels = "Land,Month,Stored\n" + "".join(f"{code},2026-10-01,12.5\n" for code in sorted(LANDS))
    with running() as web:
        web.serve("https://waters.example.org/levels.csv", levels.encode())
        done = replace(project, mirror=web.address).atlas("refresh")
    assert done.returncode == 0, done.stdout + done.stderr
    with duckdb.connect(str((project.home / "published" / "atlas.duckdb").resolve()), read_only=True) as con:
        described = con.sql("select licence_id, n_rows, period_max::varchar from marts.dim_source "
                            "where source_id = 'made_up_reservoirs'").fetchall()  # fmt: skip
        gated = con.sql("select count(*) from ops.ops_check_results where subject = 'made_up_reservoirs' "
                        "and rule = 'stored_scale' and outcome = 'passed'").fetchall()  # fmt: skip
    assert described == [("CC0-1.0", len(LANDS), "2026-10-01")]
    assert gated == [(1,)]
    with duckdb.connect(str(Home(project.home).build_db), read_only=True) as con:
        assert con.sql("select count(distinct iso3), sum(stored_twh) from staging.stg_made_up_reservoirs").fetchall() \
            == [(len(LANDS), 12.5 * len(LANDS))]  # fmt: skip
