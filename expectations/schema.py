"""The first stage of the gate: the declared columns are there, with their types, and there are rows."""

from expectations.results import Check
from ingest.declaration import Declaration
from ingest.parsing import Parsed


def check_schema(declaration: Declaration, parsed: Parsed) -> list[Check]:
    """Check what parsing found. Only undeclared columns let the load go on."""
    n_columns, n_rows = len(declaration.columns), parsed.frame.height
    untyped = [f"{name}: {', '.join(map(repr, values))}" for name, values in parsed.untyped.items()]
    return [
        Check(
            "columns_present", "schema", "block", not parsed.missing, len(parsed.missing), n_columns,
            _detail("every declared column", "no " + ", ".join(parsed.missing), bool(parsed.missing),
                    "Add the new name as `source`, keeping the old one as an alias, if the column was renamed."),
            [{"column": name} for name in parsed.missing[:5]],
        ),
        Check(
            "column_types", "schema", "block", not parsed.untyped, len(parsed.untyped), n_columns,
            _detail("values of the declared types", "; ".join(untyped), bool(untyped),
                    "Look at these values in the archived bytes; change type or parser if the publisher means them."),
            [{"column": name, "values": values} for name, values in list(parsed.untyped.items())[:5]],
        ),
        Check(
            "columns_declared", "schema", "warn", not parsed.extra, len(parsed.extra), n_columns,
            _detail("no column but the declared ones", ", ".join(parsed.extra), bool(parsed.extra),
                    "Declare the column, or list it under ignored_columns."),
            [{"column": name} for name in parsed.extra[:5]],
        ),
        Check(
            "has_rows", "schema", "block", n_rows > 0, int(not n_rows), max(n_rows, 1),
            _detail("at least one row", "none", not n_rows,
                    "An outage is no data: the vintage in force stays. Ask again later."),
        ),
    ]  # fmt: skip


def _detail(expected: str, came: str, failed: bool, remedy: str) -> str:
    return f"expected: {expected}; came: {came}; to do: {remedy}" if failed else f"expected: {expected}"
