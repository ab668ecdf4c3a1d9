"""The first stage of the gate: the declared columns are there, with their types, and there are rows."""

from typing import Any

from expectations.results import SAMPLE_ROWS, Check, Severity
from ingest.declaration import Declaration
from ingest.parsing import Parsed


def check_schema(declaration: Declaration, parsed: Parsed) -> list[Check]:
    """Check what parsing found. Only undeclared columns let the load go on."""
    n_columns, n_rows = len(declaration.columns), parsed.frame.height
    untyped = [f"{name}: {', '.join(map(repr, values))}" for name, values in parsed.untyped.items()]
    values = [{"column": name, "values": bad} for name, bad in parsed.untyped.items()]
    return [
        _check(
            "columns_present", "block", n_columns, _named(parsed.missing), "every declared column",
            came="no " + ", ".join(parsed.missing),
            remedy="If the column was renamed, declare the new name and keep the old one as an alias.",
        ),
        _check(
            "column_types", "block", n_columns, values, "values of the declared types",
            came="; ".join(untyped),
            remedy="Look at them in the archived bytes; if the publisher means them, declare another type.",
        ),
        _check(
            "columns_declared", "warn", n_columns, _named(parsed.extra), "no column but the declared ones",
            came=", ".join(parsed.extra),
            remedy="Declare the column, or list it under ignored_columns.",
        ),
        _check(
            "has_rows", "block", max(n_rows, 1), [] if n_rows else [{"n_rows": 0}], "at least one row",
            came="none",
            remedy="An outage is no data: the vintage in force stays. Ask again later.",
        ),
    ]  # fmt: skip


def _named(columns: list[str]) -> list[dict[str, Any]]:
    return [{"column": name} for name in columns]


def _check(
    rule: str,
    severity: Severity,
    n_units: int,
    faults: list[dict[str, Any]],
    expected: str,
    *,
    came: str,
    remedy: str,
) -> Check:
    detail = f"expected: {expected}" + (f"; came: {came}; to do: {remedy}" if faults else "")
    return Check(rule, "schema", severity, not faults, len(faults), n_units, detail, faults[:SAMPLE_ROWS])
