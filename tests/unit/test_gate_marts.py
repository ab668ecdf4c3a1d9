"""The gate before publishing stops every fault it names, and a mart that is missing or empty."""

from datetime import date
from typing import Any

import duckdb
import polars as pl
import pytest

from expectations.marts import check_marts

DAY = date(2026, 10, 1)
MARKS = {"known_at": DAY, "source_id": "ledger", "grade": "B", "assumption_set_id": "a1"}
SCENARIOS = ("ai_facility_mw_operational", "ai_twh", "ai_share_demand")
FIGURES = (
    "generation_twh",
    "demand_twh",
    "consumption_twh",
    "imports_twh",
    "exports_twh",
    "losses_twh",
    "installed_capacity_gw",
    "ci_avg_gco2_kwh",
)
POWER: dict[str, Any] = {
    **MARKS,
    "history": "as_now",
    "as_of": DAY,
    "iso3": "FRA",
    "year": 2024,
    **dict.fromkeys(FIGURES, 10.0),
    "low_carbon_share": 0.9,
    **{f"{name}_{end}": value for name in SCENARIOS for end, value in (("low", 0.1), ("central", 0.2), ("high", 0.3))},
}
CAPACITY: dict[str, Any] = {
    **MARKS,
    "history": "as_now",
    "iso3": "FRA",
    "as_of": DAY,
    "scope": "ai",
    "basis": "facility_mw",
    "stage": "announced",
    "v_low_mw": 70.0,
    "v_central_mw": 100.0,
    "v_high_mw": 100.0,
    "alternative_low_mw": 7.0,
    "alternative_central_mw": 10.0,
    "alternative_high_mw": 10.0,
    "n_phases": 2,
    "n_phases_without_mw": 1,
}
LEDGER: dict[str, Any] = {
    **MARKS,
    "announcement_id": "deal-1",
    "iso3": "FRA",
    "source_url": "https://example.org/1",
    "event_date": DAY,
    "evidence": "corpus_press",
    "confidence": "high",
    "phase_stage": "announced",
    "capacity_mw_announced": 100.0,
    "capacity_mw_phase1": 50.0,
    "capacity_mw_target": 500.0,
    "investment_amount": 1e9,
}
GOOD = {
    "dim_country": [{"iso3": "FRA"}, {"iso3": "DEU"}],
    "mart_country_power": [POWER, POWER | {"iso3": "DEU"}],
    # Unknown megawatts are no fault.
    "mart_country_capacity": [
        CAPACITY,
        CAPACITY | {"iso3": "DEU", "v_low_mw": None, "v_central_mw": None, "v_high_mw": None},
    ],
    "mart_announcement_ledger": [LEDGER, LEDGER | {"announcement_id": "deal-2", "iso3": None}],
}
BAD_DATES: dict[str, dict[str, Any]] = {
    "not_null:as_of": {"as_of": None},
    "values:history": {"history": "as_wished"},
    "ordered:as_of<=known_at": {"known_at": date(2026, 9, 30)},
}
BAD_POWER: dict[str, dict[str, Any]] = {
    **BAD_DATES,
    **{f"bounds:{name}": {name: -1.0} for name in (*FIGURES, *(f"{name}_low" for name in SCENARIOS))},
    **{f"ordered:{name}_low<={name}_central": {f"{name}_low": 0.25} for name in SCENARIOS},
    **{f"ordered:{name}_central<={name}_high": {f"{name}_central": 0.35} for name in SCENARIOS},
    "bounds:year": {"year": 2150},
    "bounds:low_carbon_share": {"low_carbon_share": 1.5},
    "bounds:ai_share_demand_high": {"ai_share_demand_high": 1.5},
    "unique:grain": {},
}
BAD_CAPACITY: dict[str, dict[str, Any]] = {
    **BAD_DATES,
    "unique:grain": {},
    "values:stage": {"stage": "dreamt"},
    "bounds:v_low_mw": {"v_low_mw": -1.0},
    "bounds:n_phases": {"n_phases": -1},
    "bounds:n_phases_without_mw": {"n_phases_without_mw": -1},
    "ordered:v_low_mw<=v_central_mw": {"v_low_mw": 101.0},
    "ordered:v_central_mw<=v_high_mw": {"v_central_mw": 101.0},
    "ordered:alternative_low_mw<=alternative_central_mw": {"alternative_low_mw": 11.0},
    "ordered:alternative_central_mw<=alternative_high_mw": {"alternative_central_mw": 11.0},
    "ordered:n_phases_without_mw<=n_phases": {"n_phases_without_mw": 3},
}
BAD_LEDGER: dict[str, dict[str, Any]] = {
    "not_null:announcement_id": {"announcement_id": None},
    "unique:grain": {"announcement_id": "deal-1"},
    "not_null:source_url": {"source_url": None},
    "url:source_url": {"source_url": "press release"},
    "not_null:event_date": {"event_date": None},
    "not_null:evidence": {"evidence": None},
    "values:evidence": {"evidence": "hearsay"},
    "values:confidence": {"confidence": "total"},
    "values:phase_stage": {"phase_stage": "dreamt"},
    **{f"bounds:capacity_mw_{kind}": {f"capacity_mw_{kind}": -1.0} for kind in ("announced", "phase1", "target")},
    "bounds:investment_amount": {"investment_amount": -1.0},
}
BAD_MARKS: dict[str, dict[str, Any]] = {
    **{f"not_null:{name}": {name: None} for name in MARKS},
    "values:grade": {"grade": "F"},
    "values:iso3": {"iso3": "XXX"},
}
NO_COUNTRY = {"not_null:iso3": {"iso3": None}}
BAD = {
    "mart_country_power": (POWER, BAD_POWER | BAD_MARKS | NO_COUNTRY),
    "mart_country_capacity": (CAPACITY, BAD_CAPACITY | BAD_MARKS | NO_COUNTRY),
    "mart_announcement_ledger": (LEDGER, BAD_LEDGER | BAD_MARKS),
}


def warehouse(tables: dict[str, list[dict[str, Any]]]) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.sql("create schema marts")
    for name, rows in tables.items():
        con.register("rows_of_table", pl.DataFrame(rows, infer_schema_length=None))
        con.sql(f"create table marts.{name} as select * from rows_of_table")
        con.unregister("rows_of_table")
    return con


def failed(con: duckdb.DuckDBPyConnection) -> set[str]:
    return {check.rule for check in check_marts(con) if not check.passed}


def test_good_marts_pass() -> None:
    checks = check_marts(warehouse(GOOD))
    assert [check for check in checks if not check.passed] == []
    assert {check.severity for check in checks} == {"block"}


@pytest.mark.parametrize("mart", list(BAD))
def test_every_rule_stops_its_bad_row(mart: str) -> None:
    """All bad rows in one table; fails too when a rule is added without a bad row."""
    row, faults = BAD[mart]
    rows = [row, *(row | fault for fault in faults.values())]
    con = warehouse(GOOD | {mart: rows})
    checks = {check.rule.removeprefix(f"{mart}.") for check in check_marts(con) if check.rule.startswith(mart)}
    assert checks - {"has_rows"} == set(faults)
    assert failed(con) == {f"{mart}.{rule}" for rule in faults}


@pytest.mark.parametrize("mart", list(BAD))
def test_a_row_that_is_there_twice_is_a_failure(mart: str) -> None:
    row, _ = BAD[mart]
    assert failed(warehouse(GOOD | {mart: [row, row]})) == {f"{mart}.unique:grain"}


@pytest.mark.parametrize("mart", [name for name in GOOD if name != "dim_country"])
def test_a_missing_or_empty_mart_is_a_failure(mart: str) -> None:
    con = warehouse(GOOD)
    con.sql(f"delete from marts.{mart}")
    assert failed(con) == {f"{mart}.has_rows"}
    con.sql(f"drop table marts.{mart}")
    assert failed(con) == {f"{mart}.has_rows"}


def test_a_mart_without_a_column_is_a_failure_that_names_it() -> None:
    con = warehouse(GOOD)
    con.sql("alter table marts.mart_country_capacity drop column stage")
    details = [check.detail for check in check_marts(con) if check.rule == "mart_country_capacity.values:stage"]
    assert "stage" in details[0]
    assert "could not be evaluated" in details[0]


def test_no_countries_is_a_failure() -> None:
    con = warehouse(GOOD)
    con.sql("delete from marts.dim_country")
    assert "dim_country.has_rows" in failed(con)
