"""Rules of the claims on programmes: a metric has its unit, and a claim is not made of a day to come."""

from datetime import date

import polars as pl

from expectations import reviewed_tables
from expectations.rule import Rule

UNITS = {
    "countries_signed": ["countries"], "countries_interested": ["countries"], "countries_supported": ["countries"],
    "projects_target": ["projects"], "projects": ["projects"], "usd_total": ["USD"], "usd_loans": ["USD"],
    "usd_total_constant": ["USD of 2017", "USD of 2021"], "loans_per_grant": ["ratio"], "first_year": ["year"],
    "last_year": ["year"],
}  # fmt: skip
# Money of a programme of states, in dollars: below or above it a unit was left out.
USD_RANGE = (1e9, 1e13)
YEARS = (1940, 2100)


def _in_another_unit(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    fits = pl.any_horizontal(
        (pl.col("metric") == metric) & pl.col("unit").is_in(units) for metric, units in UNITS.items()
    )
    return frame.filter(~fits)


def _implausible(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    value, unit = pl.col("value"), pl.col("unit")
    return frame.filter(
        (unit.str.starts_with("USD") & ~value.is_between(*USD_RANGE))
        | ((unit == "year") & ~value.is_between(*YEARS))
        | ((unit == "countries") & ~value.is_between(1, 200))
    )


def _of_days_to_come(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("as_of") > pl.col("known_from"))


def _loans_above_total(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    totals = frame.filter(pl.col("metric") == "usd_total").group_by("programme").agg(_total=pl.col("value").max())
    loans = frame.filter(pl.col("metric") == "usd_loans").join(totals, on="programme", how="left")
    return loans.filter((pl.col("value") > pl.col("_total")).fill_null(True)).drop("_total")


RULES = [
    *reviewed_tables.rules(
        ["programme", "metric", "as_of", "claimed_by"], ["value", "unit", "value_kind", "known_from"]
    ),
    Rule("unit_of_the_metric", "block", "a metric is told in its own unit", "Correct the metric or the unit.",
         _in_another_unit),
    Rule("value_plausible", "block", "money is a billion dollars or more, a year is a year, countries are up to 200",
         "Look for a figure in billions, or another metric.", _implausible),
    Rule("claimed_of_its_time", "block", "a claim is of its day or of one before; aims are of the day they were told",
         "Set as_of to the day of the statement.", _of_days_to_come),
    Rule("loans_within_total", "block", "loans come with a total and are no more than it",
         "Compare both with their source.", _loans_above_total),
]  # fmt: skip
