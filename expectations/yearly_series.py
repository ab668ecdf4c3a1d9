"""Rules shared by series of one figure per entity and year: scale, the world, and closed years.

What belongs here holds for every such series; what is about one publisher stands in its own module.
"""

from datetime import date

import polars as pl

from expectations.closed_periods import closed_periods, years_before
from expectations.rule import Rule, year_not_in_future

WORLD = "World"


def world_in_range(figure: str, low: float, high: float, unit: str) -> Rule:
    """Return the rule that the newest figure of the world lies in a range."""

    def find(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        world = frame.filter(pl.col("entity") == WORLD).sort("year").tail(1).select("entity", "year", figure)
        if world.is_empty():
            return pl.DataFrame({"entity": [WORLD], "came": ["no row"]})
        return world.filter(~pl.col(figure).is_between(low, high)).drop("year")

    return Rule(
        "world_in_range", "block", f"the newest figure of the world is {low:,g} to {high:,g} {unit}",
        "The unit changed, or the file was cut short: compare with the vintage before.", find,
    )  # fmt: skip


def closed_years(figure: str, slack: float) -> list[Rule]:
    """Return the rules about closed years; a change within `slack`, in the unit of the figure, is rounding."""
    return closed_periods(["entity", "year"], {figure: slack}, years_before)


def _told_twice(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    countries = frame.filter(pl.col("iso3").is_not_null())
    return countries.filter(countries.select("iso3", "year").is_duplicated())


ONE_ROW_A_COUNTRY = Rule(
    "one_row_a_country", "block", "no country and year has two rows",
    "Two entities carry one country's code: find out which is the country, and declare the other an aggregate.",
    _told_twice,
)  # fmt: skip


def rules(figure: str, low: float, high: float, unit: str, slack: float) -> list[Rule]:
    """Return all rules of a series whose figure for the world lies between `low` and `high`."""
    return [
        year_not_in_future("year"),
        ONE_ROW_A_COUNTRY,
        world_in_range(figure, low, high, unit),
        *closed_years(figure, slack),
    ]
