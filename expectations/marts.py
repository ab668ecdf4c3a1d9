"""The gate before publishing: what the marts a reader trusts have to hold, whatever the models did."""

from itertools import pairwise
from typing import Any

import duckdb
import polars as pl

from expectations.results import Check, Stage
from expectations.suite import Finding, columns_of, expect, unique, validate

PHASES = ["rumoured", "announced", "committed", "under_construction", "operational", "paused", "cancelled"]
GRADES = ["A", "B", "C", "D", "E"]
EVIDENCE = ["corpus_primary", "corpus_press", "corpus_repo", "unverified"]
HISTORIES = ["as_known", "as_now"]
ENDS = ["low", "central", "high"]
CONFIDENCE = ["high", "medium", "low"]
REMEDY = "Look at the model; nothing is published until it is mended."


def check_marts(con: duckdb.DuckDBPyConnection) -> list[Check]:
    """Check the marts of power, capacity and announcements; every failure blocks publishing.

    A mart that is missing or empty is a failed check. Rules are named `<mart>.<rule>`.
    """
    countries = _read(con, "dim_country")
    # Without countries a value set is empty, which the library takes for no rule at all.
    checks = [_has_rows("dim_country", countries)]
    codes = [] if countries is None else countries["iso3"].to_list()
    suites = {
        "mart_country_power": _power(),
        "mart_country_capacity": _capacity(),
        "mart_announcement_ledger": _ledger(),
    }
    for mart, suite in suites.items():
        frame = _read(con, mart)
        checks.append(_has_rows(mart, frame))
        if frame is not None and not frame.is_empty():
            expectations = [*suite, *_common(mart, codes)]
            judge = _validate_history if "history" in frame.columns else validate
            findings = judge(expectations, frame)
            checks += [finding.check.renamed(f"{mart}.{finding.check.rule}") for finding in findings]
    return checks


def _validate_history(expectations: list[Any], frame: pl.DataFrame) -> list[Finding]:
    """Judge keys and days row by row, and each figure once: a history tells most of them again for every day."""
    of_days = [one for one in expectations if columns_of([one]) & {"history", "as_of", "known_at"}]
    of_figures = [one for one in expectations if one not in of_days]
    figures = frame.select(name for name in frame.columns if name in columns_of(of_figures)).unique()
    return [*validate(of_days, frame), *validate(of_figures, figures)]


def _read(con: duckdb.DuckDBPyConnection, mart: str) -> pl.DataFrame | None:
    found = con.sql(
        f"select 1 from information_schema.tables where table_schema = 'marts' and table_name = '{mart}'"
    ).fetchall()
    return con.sql(f"select * from marts.{mart}").pl() if found else None


def _has_rows(mart: str, frame: pl.DataFrame | None) -> Check:
    came = "no such table" if frame is None else f"{frame.height} rows"
    passed = frame is not None and not frame.is_empty()
    detail = f"expected: marts.{mart} has rows; came: {came}"
    if not passed:
        detail += "; to do: run the models, and look at the status of their sources."
    n_rows = frame.height if frame is not None else 0
    return Check(f"{mart}.has_rows", "volume", "block", passed, int(not passed), n_rows, detail)


def _common(mart: str, codes: list[str]) -> list[Any]:
    """What every mart of facts has: a known country or none, and the marks of where a figure comes from."""
    nullable_country = mart == "mart_announcement_ledger"
    known = ["known_at", "source_id", "grade", "assumption_set_id", *([] if nullable_country else ["iso3"])]
    return [
        *(_known(column) for column in known),
        _among("iso3", codes, "a country of dim_country"),
        _among("grade", GRADES),
    ]


def _power() -> list[Any]:
    scenarios = ["ai_facility_mw_operational", "ai_twh", "ai_share_demand"]
    figures = [
        "generation_twh", "demand_twh", "consumption_twh", "imports_twh", "exports_twh", "losses_twh",
        "installed_capacity_gw", "ci_avg_gco2_kwh",
    ]  # fmt: skip
    return [
        unique(["history", "iso3", "year", "as_of"], "unique:grain"),
        *_dated(),
        _between("year", 1900, 2100),
        *(_between(column, 0, None) for column in figures),
        _between("low_carbon_share", 0, 1.02),
        *(_between(f"{name}_low", 0, None) for name in scenarios),
        _between("ai_share_demand_high", 0, 1),
        *(rule for name in scenarios for rule in _ordered(*(f"{name}_{end}" for end in ENDS))),
    ]


def _dated() -> list[Any]:
    """What every mart with histories has: a day the figures are about, and nothing published before it was known."""
    return [
        _known("as_of"),
        _among("history", HISTORIES),
        *_ordered("as_of", "known_at"),
    ]


def _capacity() -> list[Any]:
    return [
        unique(["history", "iso3", "as_of", "scope", "basis", "stage"], "unique:grain"),
        *_dated(),
        _among("stage", PHASES),
        _between("v_low_mw", 0, None),
        _between("n_phases", 0, None),
        _between("n_phases_without_mw", 0, None),
        *_ordered("v_low_mw", "v_central_mw", "v_high_mw"),
        *_ordered("alternative_low_mw", "alternative_central_mw", "alternative_high_mw"),
        *_ordered("n_phases_without_mw", "n_phases"),
    ]


def _ledger() -> list[Any]:
    return [
        _known("announcement_id"),
        unique(["announcement_id"], "unique:grain"),
        _known("source_url"),
        _rule("ColumnValuesToMatchRegex", "url:source_url", "source_url is an http or https address",
              column="source_url", regex=r"^https?://[^\s/]+\.[^\s]+$"),
        _known("event_date"),
        _known("evidence"),
        _among("evidence", EVIDENCE),
        _among("confidence", CONFIDENCE),
        _among("phase_stage", PHASES),
        *(_between(f"capacity_mw_{kind}", 0, 20000) for kind in ("announced", "phase1", "target")),
        _between("investment_amount", 0, None),
    ]  # fmt: skip


def _rule(kind: str, rule: str, expected: str, stage: Stage = "domain", **arguments: Any) -> Any:
    return expect(kind, rule, stage, "block", expected=expected, remedy=REMEDY, **arguments)


def _known(column: str) -> Any:
    return _rule("ColumnValuesToNotBeNull", f"not_null:{column}", f"{column} is known", "keys", column=column)


def _between(column: str, low: float, high: float | None) -> Any:
    bounds = f"{column} is at least {low}" if high is None else f"{column} is between {low} and {high}"
    return _rule("ColumnValuesToBeBetween", f"bounds:{column}", bounds, column=column, min_value=low, max_value=high)


def _among(column: str, values: list[str], words: str | None = None) -> Any:
    expected = f"{column} is {words or 'one of ' + ', '.join(values)}"
    return _rule("ColumnValuesToBeInSet", f"values:{column}", expected, column=column, value_set=values)


def _ordered(*columns: str) -> list[Any]:
    return [
        _rule(
            "ColumnPairValuesAToBeGreaterThanB", f"ordered:{low}<={high}", f"{low} is at most {high}",
            "plausibility",
            column_A=high, column_B=low, or_equal=True, ignore_row_if="either_value_is_missing",
        )
        for low, high in pairwise(columns)
    ]  # fmt: skip
