"""Rules about periods that were over when they were published: their figures hardly move, and none is lost."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import reduce
from operator import or_

import polars as pl

from expectations.rule import TO_REVIEW, Rule

SET_ASIDE, TOLD = 0.30, 0.01


def years_before(known_at: date) -> pl.Expr:
    """Return whether the calendar year in the column `year` was over when a vintage was published."""
    return pl.col("year") < known_at.year


def closed_periods(
    key: Sequence[str], slack: Mapping[str, float], is_closed: Callable[[date], pl.Expr], period: str = "year"
) -> list[Rule]:
    """Return the rules: a figure moved by more than 30 % is set aside with its row, 1 to 30 % is told, lost is told.

    `slack` gives every figure and, in its unit, the change that is rounding; `is_closed` tells which rows of a vintage
    known on a day are of closed periods; `period` is the word for one.
    """

    def moved(share: float) -> pl.Expr:
        return reduce(or_, (_moved(figure, share, least) for figure, least in slack.items()))

    def closed(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
        before = frame.clear() if previous is None else previous
        was = before.select(*key, *(pl.col(figure).alias(f"{figure}_was") for figure in slack))
        return frame.filter(is_closed(known_at)).join(was, on=list(key))

    def rewritten(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
        return closed(frame, previous, known_at).filter(moved(SET_ASIDE))

    def revised(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
        return closed(frame, previous, known_at).filter(moved(TOLD) & ~moved(SET_ASIDE))

    def figures(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.unpivot(list(slack), index=list(key), variable_name="figure").drop_nulls("value")

    def lost(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
        if previous is None:
            return pl.DataFrame()
        each = [*key, "figure"]
        gone = figures(previous.filter(is_closed(known_at))).join(figures(frame), on=each, how="anti")
        return gone.select(pl.col(name).alias(f"lost_{name}") for name in each)

    named, since = ", ".join(slack), "since the vintage before"
    return [
        Rule(
            f"closed_{period}_rewritten", "quarantine_rows",
            f"{named} of a closed {period} moved by no more than {SET_ASIDE:.0%} {since}",
            "Find the publisher's note on the revision. The row is set aside; the vintage before keeps its own.",
            rewritten, TO_REVIEW,
        ),
        Rule(
            f"closed_{period}_revised", "warn",
            f"{named} of a closed {period} moved by no more than {TOLD:.0%} {since}",
            "Nothing: the revision is kept, both figures stay readable.", revised, TO_REVIEW,
        ),
        Rule(
            f"closed_{period}_kept", "warn", f"every closed {period} of the vintage before still has its figures",
            "Look whether the publisher withdrew them or the file was cut; the earlier figures stay.", lost,
        ),
    ]  # fmt: skip


def _moved(figure: str, share: float, least: float) -> pl.Expr:
    was = pl.col(f"{figure}_was")
    moved = (pl.col(figure) - was).abs() > pl.max_horizontal(pl.lit(least), share * was.abs())
    return moved.fill_null(value=False)
