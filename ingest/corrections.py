"""Errors of other sources put right where models read them. Pure; what a source landed is never changed."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl

Outcome = Literal["applied", "stale", "no_row", "no_column"]


@dataclass(frozen=True)
class Judged:
    """A correction and what became of it in the rows in force.

    `applied`: they had the error; `stale`: they show something else, told in `found`; `no_row` and `no_column`: there
    is nothing to correct. `n_rows` counts the cells replaced, those of superseded vintages too.
    """

    row_key: str
    column_name: str
    outcome: Outcome
    n_rows: int
    found: tuple[str, ...] = ()
    is_retired: bool = False

    @property
    def needs_a_look(self) -> bool:
        """Whether somebody should be told: nothing was corrected, and nobody has said that this is right."""
        return self.outcome != "applied" and not self.is_retired


def key_of(row_key: str) -> dict[str, str]:
    """Return the columns and values of a key such as `entity=World; year=2024`. Raises ValueError."""
    parts = [part.partition("=") for part in row_key.split(";")]
    found = {name.strip(): value.strip() for name, _, value in parts}
    if len(found) != len(parts) or not all(mark and name.strip() and value.strip() for name, mark, value in parts):
        raise ValueError(f"expected a key such as 'entity=World; year=2024', came {row_key!r}")
    return found


def apply(
    frame: pl.DataFrame, source_id: str, corrections: pl.DataFrame, known_at: date
) -> tuple[pl.DataFrame, list[Judged]]:
    """Return rows of a source with the corrections known by a day applied, and what became of each correction.

    `frame` has the declared columns of the source, and `known_at` and `known_to` (null: in force) if it holds more than
    one vintage; the order of rows stays. `corrections` has the columns of the source `corrections`. A cell is replaced
    where it equals what was expected, in every row with that key. A vintage that was in force before the evidence was
    public becomes two: as it was read until that day, and since. Values are text and take the type of their column;
    raises ValueError where they have none, or where a key is none.
    """
    judged = []
    mine = corrections.filter((pl.col("source_id") == source_id) & (pl.col("known_from") <= known_at))
    for correction in mine.sort("row_key", "column_name").iter_rows(named=True):
        frame, one = _apply(frame, correction)
        judged.append(one)
    return frame, judged


def _apply(frame: pl.DataFrame, correction: dict[str, Any]) -> tuple[pl.DataFrame, Judged]:
    key, name = key_of(correction["row_key"]), correction["column_name"]
    told: dict[str, Any] = {"row_key": correction["row_key"], "column_name": name,
                            "is_retired": correction["retired_on"] is not None}  # fmt: skip
    if not {name, *key} <= set(frame.columns):
        return frame, Judged(**told, outcome="no_column", n_rows=0)
    here = pl.all_horizontal(pl.col(column) == typed(value, frame.schema[column]) for column, value in key.items())
    dtype = frame.schema[name]
    expected, replacement = (pl.lit(typed(correction[part], dtype), dtype) for part in ("expected", "replacement"))
    is_wrong = here & pl.col(name).eq_missing(expected)
    in_force = pl.col("known_to").is_null() if "known_to" in frame.columns else pl.lit(True)
    seen = frame.filter(here & in_force).select(name, is_wrong=is_wrong)
    found = tuple(sorted({str(value) for value in seen.filter(~pl.col("is_wrong"))[name]}))
    outcome: Outcome = "no_row" if seen.is_empty() else "applied" if seen["is_wrong"].any() else "stale"
    if "known_at" in frame.columns:
        frame = split_at(frame, is_wrong, correction["known_from"])
        is_wrong &= pl.col("known_at") >= correction["known_from"]
    n_wrong = frame.filter(is_wrong).height
    corrected = frame.with_columns(pl.when(is_wrong).then(replacement).otherwise(pl.col(name)).alias(name))
    return corrected, Judged(**told, outcome=outcome, n_rows=n_wrong, found=found)


def split_at(frame: pl.DataFrame, hit: pl.Expr, day: date) -> pl.DataFrame:
    """Return the frame with each vintage that has a row hit and was in force before and on a day as two vintages."""
    spans = (pl.col("known_at") < day) & (pl.col("known_to").is_null() | (pl.col("known_to") > day))
    spans &= pl.col("known_at").is_in(frame.filter(hit & spans)["known_at"].unique().to_list())
    before = frame.with_columns(known_to=pl.when(spans).then(pl.lit(day)).otherwise(pl.col("known_to")))
    since = frame.with_row_index("_row").filter(spans).with_columns(known_at=pl.lit(day))
    both = pl.concat([before.with_row_index("_row"), since])
    return both.sort("_row", maintain_order=True).drop("_row")


def typed(value: str | None, dtype: pl.DataType) -> Any:
    """Return text as a value of a column's type; none is unknown. Raises ValueError."""
    if value is None:
        return None
    text = pl.Series([value])
    if dtype == pl.Boolean:
        found = text.str.to_lowercase().replace_strict({"true": True, "false": False}, default=None)
    else:
        found = text.str.to_date(strict=False) if dtype == pl.Date else text.cast(dtype, strict=False)
    if found.item() is None:
        raise ValueError(f"expected a value of type {dtype}, came {value!r}")
    return found.item()
