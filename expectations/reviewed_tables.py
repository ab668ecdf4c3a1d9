"""Rules shared by the tables kept by hand: rows can be checked, keep to time, and are never taken back.

What belongs here holds for every such table; what is about one of them stands in its own module.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from expectations.rule import Find, Rule
from ingest import clock

FOREVER = (date.min, date.max)


def to_come(column: str) -> Find:
    """Return what finds rows whose day is to come.

    A clock set back reads the reviewed file as it is now; the models leave out what that clock cannot know.
    """
    return lambda frame, _, known_at: frame.filter(pl.col(column) > max(known_at, clock.real_today()))


def taken_back(key: Sequence[str]) -> Find:
    """Return what finds rows of the vintage before that are gone."""

    def find(frame: pl.DataFrame, previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        return frame.clear() if previous is None else previous.join(frame, on=list(key), how="anti", nulls_equal=True)

    return find


def rewritten(key: Sequence[str], facts: Sequence[str]) -> Find:
    """Return what finds rows whose facts are others than in the vintage before."""

    def find(frame: pl.DataFrame, previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        if previous is None:
            return frame.clear()
        columns = [*key, *facts]
        changed = frame.join(previous.select(columns), on=columns, how="anti", nulls_equal=True)
        return changed.join(previous, on=list(key), how="semi")

    return find


def rules(key: Sequence[str], facts: Sequence[str], published: str = "known_from") -> list[Rule]:
    """Return the rules of every reviewed table.

    `key` and `facts` name its columns; `published` the one that tells from which day a row counts as known.
    """

    def too_early(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        return frame.filter(pl.col(published) < clock.FIRST_DAY)

    return [
        Rule("source_given", "block", "source is a whole address or a citation of several words",
             "Say where the fact can be read.", _unsourced),
        Rule("low_confidence_counted", "warn", "no row is held with low confidence",
             "Find evidence, or leave it: such a row counts only from the day it was first seen.", _unsure),
        Rule("not_before_first_day", "block", f"{published} is {clock.FIRST_DAY} or later",
             "Older facts carry that day: nobody asks what was known before.", too_early),
        Rule("not_from_the_future", "block", f"{published} is not to come",
             "Record facts when they are public.", to_come(published)),
        Rule("rows_kept", "block", "no row of the table in force is taken back",
             "Put the row back; if it was never true, say so in the row itself.", taken_back(key)),
        Rule("facts_kept", "warn", "the facts of a recorded row stay as recorded",
             "Add a row where the world changed; change one only where it was wrong.", rewritten(key, facts)),
    ]  # fmt: skip


def _unsourced(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    address = pl.col("source").str.contains(r"^https?://[^\s/]+\.[^\s]+$")
    citation = ~pl.col("source").str.contains("://") & (pl.col("source").str.split(" ").list.len() > 2)
    return frame.filter(~(address | citation))


def _unsure(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("confidence") == "low")


def interval_rules(group: Sequence[str]) -> list[Rule]:
    """Return the rules of rows that hold from `valid_from` until the day before `valid_to`, per `group`.

    An empty start is before anybody asks, an empty end is open. Equal days are an interval of no day: how a row that
    was never true is kept.
    """

    def overlapping(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        start, end = pl.col("valid_from").fill_null(FOREVER[0]), pl.col("valid_to").fill_null(FOREVER[1])
        held = frame.with_columns(_start=start, _end=end).filter(pl.col("_start") < pl.col("_end"))
        ordered = held.sort(*group, "_start", "_end")
        later = pl.col("_end").shift(1).cum_max().over(list(group)) > pl.col("_start")
        return ordered.filter(later.fill_null(False)).drop("_start", "_end")

    return [
        Rule("interval_in_order", "block", "valid_to is not before valid_from",
             "Check both days; valid_to is the first day on which the row no longer holds.", _backwards),
        Rule("intervals_apart", "block", f"no two rows of one {' and '.join(group)} hold on the same day",
             "Let the earlier row end on the day the later begins.", overlapping),
        Rule("end_told", "block", "an end comes with the day it was public",
             "Fill end_known_from, or take both out: before that day nobody knew of the end.", _half_told),
    ]  # fmt: skip


def _backwards(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("valid_to") < pl.col("valid_from"))


def _half_told(frame: pl.DataFrame, _previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    told = pl.col("end_known_from")
    return frame.filter(
        (pl.col("valid_to").is_null() != told.is_null())
        | (told < pl.col("known_from"))
        | (told > max(known_at, clock.real_today()))
    )


def range_rules(unit: str) -> list[Rule]:
    """Return the rules of a figure given as `central_<unit>`, as `low_<unit>` and `high_<unit>`, or as all three."""
    low, central, high = (f"{part}_{unit}" for part in ("low", "central", "high"))

    def unordered(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        return frame.filter(
            (pl.col(low) > pl.col(high)) | ~pl.col(central).is_between(pl.col(low), pl.col(high))
            | (pl.col(low).is_null() != pl.col(high).is_null())
        )  # fmt: skip

    return [
        Rule("range_in_order", "block", "low and high come together, with the central figure between them",
             "Compare the row with its source.", unordered),
    ]  # fmt: skip
