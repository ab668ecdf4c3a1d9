"""A small made-up published build with the columns `atlas report` reads, as the marts have them."""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb

from ingest.home import Home
from orchestration.report.facts import ABOUT_SOURCES, READS

TODAY = date(2026, 11, 20)
OF_THE_CONDITIONS = {
    "mart_platform_dependency": ["stage_set"],
    "mart_platform_share": ["party_kind"],
    "mart_country_power": ["demand_twh"],
}
TYPES = {
    r"(is_|has_).*": "boolean",
    r".*(_date|_known_at|known_at|day|horizon|period_max)": "date",
    r"(n_|pkg_).*|.*year|population|tier|current_stage": "bigint",
    r".*(_mw|_twh|_usd|_usd_mwh|_kwh|_share|_pct|_min|_max|_low|_central|_high|_announced|_phase1|_target)": "double",
}
Rows = Mapping[str, list[dict[str, Any]]]

HOSTILE = {
    "announcement_id": "e-hostile", "event_date": date(2026, 3, 1), "iso3": "NOR", "programme": "hyperscaler",
    "program": "<script>alert(1)</script>", "event_type": "announcement", "stage": "announced",
    "lead_vendor": '"><img src=x onerror=alert(2)>', "capacity_mw_announced": 230.0, "source_id": "ledger",
    "grade": "C",
    "source_url": "javascript:alert(3)", "status_reason": "</script><script>alert(4)</script>",
}  # fmt: skip


def _profile(iso3: str, name: str, **known: Any) -> dict[str, Any]:
    return {"iso3": iso3, "name": name, "source_ids": "codes"} | known


def _capacity(iso3: str, stage: str, mw: float | None, **known: Any) -> dict[str, Any]:
    told = {"v_low_mw": mw * 0.5, "v_central_mw": mw, "v_high_mw": mw * 1.1} if mw is not None else {}
    row = {"iso3": iso3, "stage": stage, "n_phases": 1, "n_phases_without_mw": int(mw is None), "source_id": "epoch"}
    return row | {"grade": "C", "is_latest": True} | told | known


def _source(source_id: str, **known: Any) -> dict[str, Any]:
    return {
        "source_id": source_id, "name": f"The {source_id}", "homepage": f"https://{source_id}.example/",
        "licence_id": "CC-BY-4.0", "licence_url": "https://licences.example/by", "attribution": f"© {source_id}",
        "is_redistributable": True, "is_share_alike": False, "tier": 2, "vintage_known_at": TODAY,
    } | known  # fmt: skip


def rows() -> dict[str, list[dict[str, Any]]]:
    """Return rows of all tables: a country with megawatts, one with a true zero, one unknown, one in the ledger."""
    latest = {"is_latest": True, "source_id": "ledger", "grade": "B"}
    share = latest | {"layer": "compute_owner", "weight_basis": "facility_mw", "stage_set": "pipeline_and_operational",
                      "unknown_share": 0.0}  # fmt: skip
    programme = latest | {"programme": "openai_for_countries", "pkg_announced": 2, "pkg_contracted": 1}
    return {
        "mart_country_profile": [
            _profile("USA", "United States", population=340_000_000, population_year=2025, generation_twh=4500.0,
                     generation_year=2025, generation_source_id="power", power_grade="B"),
            _profile("ISL", "Iceland"), _profile("NOR", "Norway"), _profile("MLT", "Malta"), _profile("TUV", "Tuvalu"),
            _profile("KEN", "Kenya", demand_twh=13.2, demand_year=2024, demand_source_id="power", power_grade="C"),
        ],
        "mart_country_capacity": [
            _capacity("USA", "operational", 12_680.0), _capacity("USA", "announced", 500.0),
            _capacity("ISL", "operational", 0.0), _capacity("NOR", "operational", None),
        ],
        "mart_capacity_outlook": [
            latest | {"iso3": "USA", "horizon": date(2030, 12, 31), "pipeline_mw": 500.0, "online_low_mw": 0.0,
                      "online_central_mw": 200.0, "online_high_mw": 400.0, "n_phases": 1, "is_prior": True},
        ],
        "mart_country_programme": [
            programme | {"iso3": "NOR", "current_stage": -2, "stage_label": "withdrawn", "pkg_delivered": 0},
            programme | {"iso3": "MLT", "current_stage": 3, "stage_label": "mou", "pkg_delivered": 1},
        ],
        "mart_platform_dependency": [
            share | {"iso3": "USA", "us_min": 0.7, "us_max": 0.8, "foreign_min": 0.2, "foreign_max": 0.3,
                     "top_home_iso3": "USA", "top_home_min": 0.7, "top_home_max": 0.8},
            share | {"iso3": "NOR", "us_min": 0.0, "us_max": 0.0, "foreign_min": 1.0, "foreign_max": 1.0},
            share | {"iso3": "MLT", "us_min": 0.0, "us_max": 1.0, "foreign_min": 0.0, "foreign_max": 1.0},
        ],
        "mart_announcement_ledger": [
            HOSTILE,
            HOSTILE | {"announcement_id": "e-paused", "event_date": date(2026, 4, 1), "program": "Stargate & Sons",
                       "stage": "paused", "investment_usd": 1.5e9, "source_url": "https://news.example/a?b=1&c=2",
                       "capacity_mw_announced": None, "status_reason": None, "lead_vendor": "OpenAI"},
        ],
        "mart_source_calendar": [{"source_id": "epoch", "day": TODAY, "status": "fetched", "is_stale": False}],
        "dim_source": [_source(one) for one in ("codes", "epoch", "ledger", "power")],
        "ref_table_licence": [
            {"table_name": "mart_country_capacity", "source_id": "epoch", "is_redistributable": True},
        ],
    }  # fmt: skip


def publish(home: Home, made: Rows, build_id: str = "20261120T000000Z-made0up0") -> None:
    """Publish the rows as a build; tables without rows are there and empty."""
    folder = home.published / "builds" / build_id
    folder.mkdir(parents=True)
    manifest = {
        "build_id": build_id,
        "known_at": str(TODAY),
        "built_at": f"{TODAY} 06:00:00+00:00",
        "code_version": "made",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with duckdb.connect(str(folder / "atlas.duckdb")) as con:
        for schema in ("marts", "core", "ops"):
            con.execute(f"create schema {schema}")
        for table, read in READS.items():
            names = read.columns.removeprefix("distinct ").split(", ")
            names += OF_THE_CONDITIONS.get(table, []) + ([] if table in ABOUT_SOURCES else ["is_latest"])
            con.execute(f"create table marts.{table} ({', '.join(f'{name} {_type(name)}' for name in names)})")
            for row in made.get(table, []):
                assert set(row) <= set(names), set(row) - set(names)
                told = ", ".join("?" * len(row))
                con.execute(f"insert into marts.{table} ({', '.join(row)}) values ({told})", list(row.values()))
    for link, target in (("atlas.duckdb", "current/atlas.duckdb"), ("current", f"builds/{build_id}")):
        (home.published / link).unlink(missing_ok=True)
        (home.published / link).symlink_to(target)


def _type(name: str) -> str:
    return next((type_ for pattern, type_ in TYPES.items() if re.fullmatch(pattern, name)), "varchar")
