"""Rules of the estimates of the electricity of the world's data centers."""

from datetime import date

import polars as pl

from expectations import reviewed_tables
from expectations.rule import Rule


def _empty(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.all_horizontal(pl.col("central_twh", "low_twh").is_null()))


def _misnamed(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    is_to_come = pl.col("year") >= pl.col("known_from").dt.year()
    return frame.filter(is_to_come != (pl.col("kind") == "projection"))


def _crypto_below(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    figure = pl.coalesce("central_twh", "low_twh")
    alone = frame.filter(pl.col("scope") == "data_centers").group_by("publisher", "year").agg(_alone=figure.min())
    both = frame.filter((pl.col("scope") == "with_crypto") & (pl.col("kind") == "estimate"))
    return both.join(alone, on=["publisher", "year"]).filter(figure < pl.col("_alone")).drop("_alone")


RULES = [
    *reviewed_tables.rules(
        ["publisher", "report", "year", "scope"], ["kind", "low_twh", "central_twh", "high_twh", "known_from"]
    ),
    *reviewed_tables.range_rules("twh"),
    Rule("figure_given", "block", "a row has a figure or a range", "Fill one of them.", _empty),
    Rule("projection_is_of_years_to_come", "block", "a year that was not over when the report came is a projection",
         "Check kind, year and day.", _misnamed),
    Rule("crypto_adds", "block", "with cryptocurrencies a publisher's estimate is no less than without",
         "Check the scope of both.", _crypto_below),
]  # fmt: skip
