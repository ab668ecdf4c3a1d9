"""Where a figure of a mart comes from: sources, exact vintages with their sha256, addresses, and assumptions."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from ingest.errors import AtlasError, UsageError
from ingest.home import open_home
from orchestration import lineage
from orchestration.answers import check_format, open_published, print_rows, print_table, read_cell
from orchestration.show import say

if TYPE_CHECKING:
    import duckdb

CLOCK = ("history", "as_of", "known_at")
HISTORIES = ("as_known", "as_now")
# Of the parts of a key that are missing, so many values are told.
TOLD_VALUES = 5
SHOWN = {
    "figure": "input", "value": "value", "item": "item", "source_id": "source", "vintage_known_at": "vintage",
    "raw_sha256": "sha256", "address": "address", "item_address": "item address",
}  # fmt: skip
SHORT_SHA = 12


@dataclass(frozen=True)
class Trace:
    """One figure with everything it was made of."""

    mart: str
    column: str
    row: dict[str, Any]
    value: Any
    inputs: list[dict[str, Any]]
    parameters: list[dict[str, Any]]
    # Where the figure is unknown: the sources that could have told it.
    sources_asked: list[str]
    # Whether nothing but a prior is in force, so that no source was read for it.
    is_assumption: bool


def key_parts(text: str) -> dict[str, str]:
    """Return the parts of a key such as iso3=IRL,year=2024; a value may hold commas."""
    parts = [part.partition("=") for part in re.split(r",\s*(?=\w+=)", text.strip())]
    if not all(name.strip() and equals and value.strip() for name, equals, value in parts):
        raise UsageError(f"KEY must be such as iso3=IRL,year=2024; it is {text!r}.")
    return {name.strip(): value.strip() for name, _, value in parts}


def trace(con: "duckdb.DuckDBPyConnection", mart: str, key: Mapping[str, str], column: str) -> Trace:
    """Return what a figure was made of. Raises UsageError where mart, column or key do not name one figure."""
    of_mart = _rows(con, "select column_name, input_kind, input from ref_column_input where mart = ?", mart)
    if not of_mart:
        known = [row["mart"] for row in _rows(con, "select distinct mart from ref_column_input order by 1")]
        raise UsageError(f"There is no lineage of {mart!r}; there is of {', '.join(known)}.")
    keys = [row["column_name"] for row in sorted(of_mart, key=lambda row: row["input"]) if row["input_kind"] == "key"]
    told = [row for row in of_mart if row["column_name"] == column]
    figures = [row["input"] for row in told if row["input_kind"] == "figure"]
    if not figures:
        known = sorted({row["column_name"] for row in of_mart if row["input_kind"] == "figure"})
        what = "has no column" if not told else "has a key or label, and no figure,"
        raise UsageError(f"{mart} {what} {column!r}; its figures are {', '.join(known)}.")
    row = _row(con, mart, keys, key)
    value = row[column]
    inputs = _inputs(con, mart, keys, row, figures)
    is_assumption = bool(row.get("is_prior")) and row["source_id"] is None
    if value is not None and not inputs and not is_assumption:
        raise AtlasError(f"Nothing tells what {column} of that row of {mart} was read from: mart_lineage lacks it.")
    names = [one["input"].format_map(row) for one in told if one["input_kind"] == "parameter"]
    parameters = _rows(
        con,
        "select parameter, scenario, value, unit, source, confidence, is_placeholder from ref_parameter "
        "where list_contains(?, parameter) order by parameter, value, scenario",
        names,
    )
    missing = [figure for figure in figures if figure not in {one["figure"] for one in inputs}] or figures
    asked = _asked(con, mart, missing) if value is None else []
    named = [*keys, *(name for name in CLOCK if name in row and name not in keys)]
    return Trace(mart, column, {name: row[name] for name in named}, value, inputs, parameters, asked, is_assumption)


def _row(con: "duckdb.DuckDBPyConnection", mart: str, keys: list[str], key: Mapping[str, str]) -> dict[str, Any]:
    """Return the one row of a mart a key names; without a clock in the key, of the newest."""
    columns = {row["column_name"] for row in _rows(con, f"describe {mart}")}
    allowed = [*keys, *(name for name in CLOCK if name in columns and name not in keys)]
    if unknown := [name for name in key if name not in allowed]:
        raise UsageError(f"{mart} has no key part {', '.join(unknown)}; its key is {', '.join(keys)}.")
    is_newest = "is_latest" in columns and not set(CLOCK) & set(key)
    where = [f'cast("{name}" as varchar) = ?' for name in key] + ["is_latest"] * is_newest
    found = _rows(con, f"select * from {mart} where {' and '.join(where)} limit 10000", *key.values())
    told = ", ".join(f"{name}={value}" for name, value in key.items())
    if not found:
        newest = "; the newest were looked at, --history and --as-of choose others" if is_newest else ""
        raise UsageError(f"{mart} has no row of {told}{newest}.")
    if len(found) > 1:
        raise UsageError(
            f"{len(found):,} rows of {mart} are of {told}; KEY needs {_missing(found, keys, key)} as well."
        )
    return found[0]


def _missing(found: Sequence[Mapping[str, Any]], keys: Sequence[str], key: Mapping[str, str]) -> str:
    """Return the parts of the key in which rows differ, with a few of the values they have."""
    parts = []
    for name in keys:
        values = sorted({str(row[name]) for row in found})
        if name not in key and len(values) > 1:
            shown = values if len(values) <= TOLD_VALUES else [*values[: TOLD_VALUES - 2], "…", values[-1]]
            parts.append(f"{name} ({', '.join(shown)})")
    return ", ".join(parts)


def _inputs(
    con: "duckdb.DuckDBPyConnection", mart: str, keys: list[str], row: Mapping[str, Any], figures: list[str]
) -> list[dict[str, Any]]:
    placed = [name for name in lineage.OF_CLOCK_AND_PLACE if name in row and (name == "iso3" or "history" in keys)]
    placed = [name for name in placed if name != "iso3" or "iso3" in keys]
    same = " and ".join(["mart = ?", "row_key = ?", "list_contains(?, figure)", *(f"{name} = ?" for name in placed)])
    told = [mart, lineage.row_key(keys, row), figures, *(row[name] for name in placed)]
    kept = "* exclude (mart, history, iso3, as_of, known_at, is_latest, row_key)"
    return _rows(
        con, f"select {kept} from mart_lineage where {same} order by figure, source_id, item_known_at, item", *told
    )


def _asked(con: "duckdb.DuckDBPyConnection", mart: str, figures: list[str]) -> list[str]:
    """Return the sources that could have told figures: those asked in turn, else those that tell them of other rows."""
    # What is told of whole rows is not told of this column.
    if figures == [lineage.WHOLE_ROW]:
        return []
    queries = [
        ("select distinct source_id from ref_source_precedence where list_contains(?, metric) order by 1", [figures]),
        (
            "select distinct source_id from mart_lineage where mart = ? and list_contains(?, figure) "
            "and source_id is not null order by 1",
            [mart, figures],
        ),
        ("select source_id from ref_table_source where table_name = ? order by 1", [mart]),
    ]
    found = (_rows(con, sql, *given) for sql, given in queries)
    return next(([row["source_id"] for row in rows] for rows in found if rows), [])


def _rows(con: "duckdb.DuckDBPyConnection", sql: str, *given: Any) -> list[dict[str, Any]]:
    asked = con.execute(sql, list(given))
    names = [column[0] for column in asked.description or []]
    return [dict(zip(names, row, strict=True)) for row in asked.fetchall()]


def show(mart: str, key: str, column: str, format_: str, chosen: Mapping[str, str | None]) -> None:
    """Print where a figure of the published build comes from; `chosen` are parts of the key given as options."""
    check_format(format_)
    if chosen.get("history") not in (None, *HISTORIES):
        raise UsageError(f"--history must be {' or '.join(HISTORIES)}; it is {chosen['history']!r}.")
    parts = key_parts(key) | {name: value for name, value in chosen.items() if value is not None}
    with open_published(open_home()) as con:
        found = trace(con, mart.removeprefix("marts."), parts, column)
    if format_ == "json":
        sys.stdout.write(json.dumps(asdict(found), default=str, ensure_ascii=False) + "\n")
    elif format_ == "csv":
        print_rows(list(SHOWN), [[one[name] for name in SHOWN] for one in found.inputs], "csv")
    else:
        _print(found)


def _print(found: Trace) -> None:
    row = ", ".join(f"{name}={value}" for name, value in found.row.items())
    say(f"[bold]{found.mart}.{found.column}[/bold] = {escape(read_cell(found.value))} ({escape(row)})")
    if found.sources_asked:
        say(f"It is unknown. Sources asked: {', '.join(found.sources_asked)}.")
    if found.is_assumption:
        say("It is an assumption; no source was read for it.")
    if found.inputs:
        cells = [[_shown(name, one[name]) for name in SHOWN] for one in found.inputs]
        # What no input has would only take room.
        kept = [index for index in range(len(SHOWN)) if any(line[index] for line in cells)]
        names = list(SHOWN.values())
        print_table([names[index] for index in kept], [[line[index] for index in kept] for line in cells], str)
        if any(one["figure"] == lineage.WHOLE_ROW for one in found.inputs):
            say("`row` is all the row rests on: its sources are not told column by column.")
    if found.parameters:
        say("Assumptions it can rest on, of ref_parameter:")
        print_rows(list(found.parameters[0]), [list(one.values()) for one in found.parameters], "table")
    if credit := sorted({one["attribution"] for one in found.inputs if one["attribution"]}):
        say(f"Credit: {escape('; '.join(credit))}")


def _shown(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "raw_sha256":
        return str(value)[:SHORT_SHA]
    return read_cell(value)
