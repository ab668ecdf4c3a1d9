"""Rules of official figures of the electricity of data centers: a figure, its range, and no leap from year to year."""

from datetime import date

import polars as pl

from expectations import reviewed_tables
from expectations.rule import Rule

SERIES = ["country", "publisher", "method"]
# No country's data centers have tripled within a year, or shrunk to a third.
LEAP = 3.0
# All electricity of a country, in GWh: from Malta's to twice that of China.
COUNTRY_GWH = (2_000.0, 20_000_000.0)


def _empty(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.all_horizontal(pl.col("central_gwh", "low_gwh", "share_pct").is_null()))


def _share_of_nothing(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("share_pct").is_null() != pl.col("share_of").is_null())


def _implausible_whole(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    whole = 100 * pl.col("central_gwh") / pl.col("share_pct")
    return frame.filter(~whole.is_between(*COUNTRY_GWH))


def _leaping(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    known = frame.filter(pl.col("central_gwh").is_not_null()).sort(*SERIES, "year", "known_from")
    before, year_before = (pl.col(name).shift(1).over(SERIES) for name in ("central_gwh", "year"))
    years = pl.max_horizontal(pl.col("year") - year_before, 1)
    factor = (pl.col("central_gwh") / before).log().abs()
    return known.filter(factor > years * pl.lit(LEAP).log())


def _of_years_to_come(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("year") >= pl.col("known_from").dt.year())


RULES = [
    *reviewed_tables.rules(
        ["country", "publisher", "year", "known_from"], ["method", "central_gwh", "low_gwh", "high_gwh", "share_pct"]
    ),
    *reviewed_tables.range_rules("gwh"),
    Rule("figure_given", "block", "a row has a figure, a range or a share", "Fill one of them.", _empty),
    Rule("share_of_something", "block", "a share comes with what it is a share of",
         "Fill share_of, or take both out.", _share_of_nothing),
    Rule("whole_is_a_country", "block", "figure and share together make the electricity of a country",
         "Look for a figure in another unit, or a share that is no percentage.", _implausible_whole),
    Rule("no_leap", "block", "no figure of a series is three times, or a third, of the year before",
         "Look for another unit, or another scope that belongs to a series of its own.", _leaping),
    Rule("year_was_over", "block", "a figure was published after its year",
         "Check the year and the day; a figure known before its year is a projection.", _of_years_to_come),
]  # fmt: skip
