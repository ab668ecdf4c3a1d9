"""From a declaration to a Great Expectations suite, and from its results to findings about rows.

Great Expectations has no engine for polars and takes seconds to import: frames go in as pandas, the import
waits until a load is validated, and one load costs one validation.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import polars as pl

from expectations.results import Check, Severity, Stage, sample_of
from ingest.declaration import Column, Declaration

ROW = "_row"
NATIVE_SEVERITY: dict[Severity, str] = {"block": "critical", "quarantine_rows": "warning", "warn": "info"}
SEVERITY: dict[str, Severity] = {native: severity for severity, native in NATIVE_SEVERITY.items()}


@dataclass(frozen=True)
class Finding:
    """A check and the rows of the candidate, by number, that failed it."""

    check: Check
    rows: frozenset[int] = field(default_factory=frozenset)


@cache
def _library() -> Any:
    import great_expectations
    import great_expectations.expectations

    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    return great_expectations


def expect(
    kind: str, rule: str, stage: Stage, severity: Severity, *, expected: str, remedy: str, **arguments: Any
) -> Any:
    """Return one expectation of class `Expect<kind>` that carries our rule's name, stage and words."""
    meta = {"rule": rule, "stage": stage, "expected": expected, "remedy": remedy}
    return getattr(_library().expectations, f"Expect{kind}")(severity=NATIVE_SEVERITY[severity], meta=meta, **arguments)


def unique(columns: list[str], rule: str) -> Any:
    """Return the expectation that rows are unique in these columns."""
    words = {
        "expected": f"{' + '.join(columns)} is unique",
        "remedy": "Two rows claim the same fact: find out which one is meant.",
    }
    if len(columns) == 1:
        return expect("ColumnValuesToBeUnique", rule, "keys", "block", column=columns[0], **words)
    return expect("CompoundColumnsToBeUnique", rule, "keys", "block", column_list=columns, **words)


def build_suite(declaration: Declaration) -> list[Any]:
    """Return the expectations a declaration implies: key, nulls, bounds, value sets and the floor of rows."""
    floor = declaration.volume.min_rows
    on_row: Severity = "quarantine_rows" if declaration.row_quarantine_max_pct else "block"
    rows = expect(
        "TableRowCountToBeBetween", "min_rows", "volume", "block", min_value=floor,
        expected=f"at least {floor} rows",
        remedy="Look whether the publisher cut the file; lower the floor only for a reason.",
    )  # fmt: skip
    columns = [expectation for column in declaration.columns for expectation in _of_column(column, on_row)]
    return [unique(declaration.key, "unique:key"), rows, *columns]


def _of_column(column: Column, on_row: Severity) -> Iterator[Any]:
    name, unit = column.name, f" {column.unit}" if column.unit else ""
    if column.key or not column.nullable:
        stage: Stage = "keys" if column.key else "domain"
        yield expect(
            "ColumnValuesToNotBeNull", f"not_null:{name}", stage,
            "block" if column.key else on_row, column=name,
            expected=f"{name} is known in every row",
            remedy="Look at the rows in the archived bytes.",
        )  # fmt: skip
    if column.min is not None or column.max is not None:
        yield expect(
            "ColumnValuesToBeBetween", f"bounds:{name}", "domain", on_row,
            column=name, min_value=column.min, max_value=column.max,
            expected=f"{name} is between {column.min} and {column.max}{unit}",
            remedy="Look for another unit or a slipped decimal.",
        )  # fmt: skip
    if column.values is not None:
        yield expect(
            "ColumnValuesToBeInSet", f"values:{name}", "domain", on_row, column=name, value_set=column.values,
            expected=f"{name} is one of {', '.join(column.values)}",
            remedy="Look whether this is what was asked for; add the value to the declaration if it is.",
        )  # fmt: skip


@cache
def _candidate() -> Any:
    """Return what frames are made batches of, once a process.

    Each context makes a temporary folder of its own, and each definition writes the whole configuration anew.
    """
    context = _library().get_context(mode="ephemeral")
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("candidate").add_dataframe_asset("candidate")
    return asset.add_batch_definition_whole_dataframe("whole")


def validate(expectations: Sequence[Any], frame: pl.DataFrame) -> list[Finding]:
    """Run expectations over a frame in one validation; return one finding each, in order.

    An expectation that could not be evaluated is a failure that blocks, never a pass.
    """
    numbered = frame.with_columns(pl.int_range(frame.height, dtype=pl.Int64).alias(ROW))
    needed = [name for name in numbered.columns if name in columns_of(expectations) or name == ROW]
    batch = _candidate().get_batch({"dataframe": numbered.select(needed).to_pandas()})
    result = batch.validate(
        _library().ExpectationSuite(name="candidate", expectations=list(expectations)),
        result_format={
            "result_format": "COMPLETE",
            "unexpected_index_column_names": [ROW],
            "return_unexpected_index_query": False,
        },
    )
    by_rule = {one.expectation_config.meta["rule"]: one for one in result.results}
    return [_finding(by_rule[one.meta["rule"]], frame) for one in expectations]


def columns_of(expectations: Sequence[Any]) -> set[str]:
    """Return the columns that expectations look at."""
    names: set[str] = set()
    for one in expectations:
        names.update(getattr(one, "column_list", None) or [])
        names.update(
            getattr(one, attribute) for attribute in ("column", "column_A", "column_B") if hasattr(one, attribute)
        )
    return names


def _finding(result: Any, frame: pl.DataFrame) -> Finding:
    config = result.expectation_config
    rule, stage, expected, remedy = (config.meta[part] for part in ("rule", "stage", "expected", "remedy"))
    severity = SEVERITY[str(getattr(config.severity, "value", config.severity))]
    if result.success:
        return Finding(Check(rule, stage, severity, True, 0, frame.height, f"expected: {expected}"))
    if not result.result:
        reason = ", ".join(_messages(result.exception_info)) or "no result"
        detail = f"expected: {expected}; came: it could not be evaluated ({reason}); to do: {remedy}"
        return Finding(Check(rule, stage, "block", False, frame.height, frame.height, detail))
    rows = frozenset(int(item[ROW]) for item in result.result.get("unexpected_index_list") or [])
    observed = result.result.get("observed_value")
    n_failing = len(rows) or frame.height
    came = f"{n_failing} of {frame.height} rows fail{_odd(frame, config, rows)}" if rows else f"{observed} rows"
    detail = f"expected: {expected}; came: {came}; to do: {remedy}"
    return Finding(
        Check(rule, stage, severity, False, n_failing, frame.height, detail, sample_of(frame[sorted(rows)])),
        rows,
    )


def _odd(frame: pl.DataFrame, config: Any, rows: frozenset[int]) -> str:
    """Return up to three distinct values that failed, in brackets; nothing where they are empty or several columns."""
    column = config.kwargs.get("column")
    values = frame[column][sorted(rows)].drop_nulls().unique(maintain_order=True).head(3) if column else []
    return f" ({', '.join(str(value) for value in values)})" if len(values) else ""


def _messages(info: dict[str, Any]) -> list[str]:
    """Return the distinct messages of what was raised: one record, or several by metric."""
    records = [info] if "exception_message" in info else list(info.values())
    return sorted({str(record["exception_message"]).strip() for record in records if record.get("raised_exception")})
