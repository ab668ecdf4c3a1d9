"""Rules of the corrections: each names a cell of a declared source and changes it."""

from datetime import date
from typing import Any

import polars as pl

from expectations import reviewed_tables
from expectations.rule import Rule
from ingest import clock, corrections
from ingest.declaration import load_declarations
from ingest.parsing import DTYPES


def _no_such_source(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(~pl.col("source_id").is_in(list(load_declarations())))


def _no_such_cell(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.Series([not _names_a_cell(row) for row in frame.iter_rows(named=True)], dtype=pl.Boolean))


def _names_a_cell(row: dict[str, Any]) -> bool:
    """Whether a correction names the whole key and another column, in values of their types."""
    try:
        key = corrections.key_of(row["row_key"])
        source = load_declarations().get(row["source_id"])
        if source is None:
            return True
        types = {column.name: DTYPES[column.type]() for column in source.columns}
        # A reviewed list is mended in its own file, and a country is mapped by the declaration.
        mapped = {source.country.column} if source.country else set()
        if source.items or set(key) != set(source.key) or row["column_name"] not in set(types) - set(key) - mapped:
            return False
        values = {**key, row["column_name"]: row["expected"]}
        cells = [*values.items(), (row["column_name"], row["replacement"])]
        return all(corrections.typed(value, types[name]) is not None or value is None for name, value in cells)
    except ValueError:
        return False


def _idle(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("expected").eq_missing(pl.col("replacement")))


def _out_of_time(frame: pl.DataFrame, _previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    latest = max(known_at, clock.real_today())
    written, retired = pl.col("written_on"), pl.col("retired_on")
    return frame.filter(
        (written < pl.col("known_from")) | (written > latest) | (retired < written) | (retired > latest)
    )


RULES = [
    *reviewed_tables.rules(["source_id", "row_key", "column_name"], ["expected", "replacement", "known_from"]),
    Rule("source_declared", "warn", "the source that is corrected is declared",
         "Correct its name; a correction of a source that is declared no more does nothing.", _no_such_source),
    Rule("cell_named", "block", "the whole key of a row is named and another column, with values of their types",
         "Write the key as in entity=World; year=2024, with all key columns. A reviewed list is mended in its file, "
         "a country by the declaration.", _no_such_cell),
    Rule("changes_something", "block", "what is read differs from what stands there",
         "Take the row out of the draft: it corrects nothing.", _idle),
    Rule("days_in_order", "block", "a correction is written after its evidence and before it is retired, none to come",
         "Check the three days.", _out_of_time),
]  # fmt: skip
