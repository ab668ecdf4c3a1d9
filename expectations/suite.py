"""From a declaration to a Great Expectations suite, and from its results to findings about rows.

Great Expectations has no engine for polars and takes seconds to import: frames go in as pandas, the import waits
until a load is validated, and one load costs one validation.
"""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from expectations.results import Check, Severity, Stage, sample_of
from ingest.declaration import Declaration

ROW = "_row"
NATIVE_SEVERITY: dict[Severity, str] = {"block": "critical", "quarantine_rows": "warning", "warn": "info"}
SEVERITY: dict[str, Severity] = {native: severity for severity, native in NATIVE_SEVERITY.items()}


@dataclass(frozen=True)
class Finding:
    """A check and the rows of the candidate, by number, that failed it."""

    check: Check
    rows: frozenset[int] = field(default_factory=frozenset)


def expectation(
    kind: str, rule: str, stage: Stage, severity: Severity, expected: str, remedy: str, **arguments: Any
) -> Any:
    """Return one expectation of class `Expect<kind>` that carries our rule's name, stage and words."""
    import great_expectations.expectations as gxe

    meta = {"rule": rule, "stage": stage, "expected": expected, "remedy": remedy}
    return getattr(gxe, f"Expect{kind}")(severity=NATIVE_SEVERITY[severity], meta=meta, **arguments)


def unique(columns: list[str], rule: str, stage: Stage = "keys") -> Any:
    """Return the expectation that rows are unique in these columns."""
    words = (f"{' + '.join(columns)} is unique", "Two rows claim the same fact: find out which one is meant.")
    if len(columns) == 1:
        return expectation("ColumnValuesToBeUnique", rule, stage, "block", *words, column=columns[0])
    return expectation("CompoundColumnsToBeUnique", rule, stage, "block", *words, column_list=columns)


def build_suite(declaration: Declaration) -> list[Any]:
    """Return the expectations a declaration implies: keys, nulls, bounds, value sets and the floor of rows."""
    on_row: Severity = "quarantine_rows" if declaration.row_quarantine_max_pct else "block"
    suite = [
        unique(declaration.key, "unique:key"),
        expectation(
            "TableRowCountToBeBetween", "min_rows", "volume", "block",
            f"at least {declaration.volume.min_rows} rows",
            "Look whether the publisher cut the file; lower the floor only for a reason.",
            min_value=declaration.volume.min_rows,
        ),
    ]  # fmt: skip
    for column in declaration.columns:
        name, unit = column.name, f" {column.unit}" if column.unit else ""
        if column.key or not column.nullable:
            stage, severity = ("keys", "block") if column.key else ("domain", on_row)
            suite.append(expectation(
                "ColumnValuesToNotBeNull", f"not_null:{name}", stage, severity, f"{name} is known in every row",
                "Look at the rows in the archived bytes.", column=name,
            ))  # fmt: skip
        if column.min is not None or column.max is not None:
            suite.append(expectation(
                "ColumnValuesToBeBetween", f"bounds:{name}", "domain", on_row,
                f"{name} is between {column.min} and {column.max}{unit}",
                "Look for another unit or a slipped decimal.",
                column=name, min_value=column.min, max_value=column.max,
            ))  # fmt: skip
        if column.values is not None:
            suite.append(expectation(
                "ColumnValuesToBeInSet", f"values:{name}", "domain", on_row,
                f"{name} is one of {', '.join(column.values)}",
                "Add the value to the declaration if the publisher means it.",
                column=name, value_set=column.values,
            ))  # fmt: skip
    return suite


def validate(expectations: Sequence[Any], frame: pl.DataFrame) -> list[Finding]:
    """Run expectations over a frame in one validation; return one finding each, in order.

    An expectation that could not be evaluated is a failure that blocks, never a pass.
    """
    # Set before the first import: the library otherwise reports its use to its maker.
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx

    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    numbered = frame.with_columns(pl.int_range(frame.height, dtype=pl.Int64).alias(ROW))
    needed = [name for name in numbered.columns if name in _columns_of(expectations) or name == ROW]
    asset = context.data_sources.add_pandas("candidate").add_dataframe_asset("candidate")
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch(
        {"dataframe": numbered.select(needed).to_pandas()}
    )
    result = batch.validate(
        gx.ExpectationSuite(name="candidate", expectations=list(expectations)),
        result_format={
            "result_format": "COMPLETE",
            "unexpected_index_column_names": [ROW],
            "return_unexpected_index_query": False,
        },
    )
    by_rule = {one.expectation_config.meta["rule"]: one for one in result.results}
    return [_finding(by_rule[one.meta["rule"]], frame) for one in expectations]


def _columns_of(expectations: Sequence[Any]) -> set[str]:
    names: set[str] = set()
    for one in expectations:
        names.update(getattr(one, "column_list", None) or [])
        names.update(getattr(one, attribute) for attribute in ("column", "column_A", "column_B") if hasattr(one, attribute))
    return names


def _finding(result: Any, frame: pl.DataFrame) -> Finding:
    config = result.expectation_config
    rule, stage, expected, remedy = (config.meta[part] for part in ("rule", "stage", "expected", "remedy"))
    severity = SEVERITY[str(getattr(config.severity, "value", config.severity))]
    if result.success:
        return Finding(Check(rule, stage, severity, True, 0, frame.height, f"expected: {expected}"))
    if not result.result:
        detail = f"expected: {expected}; came: it could not be evaluated ({str(result.exception_info)[-300:]})"
        return Finding(Check(rule, stage, "block", False, frame.height, frame.height, detail))
    rows = frozenset(int(item[ROW]) for item in result.result.get("unexpected_index_list") or [])
    n_failing = len(rows) or frame.height
    came = f"{n_failing} of {frame.height} rows fail" if rows else f"{result.result.get('observed_value')}"
    detail = f"expected: {expected}; came: {came}; to do: {remedy}"
    return Finding(Check(rule, stage, severity, False, n_failing, frame.height, detail, sample_of(_at(frame, rows))), rows)


def _at(frame: pl.DataFrame, rows: frozenset[int]) -> pl.DataFrame:
    return frame[sorted(rows)]
