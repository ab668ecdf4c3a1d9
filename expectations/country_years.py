"""Rules shared by tables of several figures per country and year, keyed by country_code and year.

They know the world: how large a figure is in all countries together or in the country in the middle, and that the
figures of closed years hardly move.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal

import polars as pl

from expectations.closed_periods import closed_periods, years_before
from expectations.rule import Rule

KEY = ["country_code", "year"]


def newest_covered(frame: pl.DataFrame, figure: str, least_countries: int) -> pl.DataFrame:
    """Return the countries' rows of the newest year in which so many of them have the figure; none if there is none."""
    known = frame.filter(pl.col("iso3").is_not_null() & pl.col(figure).is_not_null())
    years = known.group_by("year").len().filter(pl.col("len") >= least_countries)["year"]
    return known.filter(pl.col("year") == pl.lit(years.max(), pl.Int64))


def scale(figure: str, how: Literal["sum", "median"], low: float, high: float, unit: str, least_countries: int) -> Rule:
    """Return the rule that the countries of the newest year covered have the figure's usual size."""

    def find(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        rows = newest_covered(frame, figure, least_countries)
        if rows.is_empty():
            return pl.DataFrame({"figure": [figure], "came": [f"no year with {least_countries} countries"]})
        value = getattr(pl.col(figure), how)()
        found = rows.select(pl.col("year").first(), value.alias(f"{how}_of_{figure}"), n_countries=pl.len())
        return found.filter(~pl.col(f"{how}_of_{figure}").is_between(low, high)).drop("year")

    return Rule(
        f"{figure}_scale", "block",
        f"the {how} of {figure} over {least_countries} countries or more is {low:,g} to {high:,g} {unit}",
        "The unit changed, or countries are missing: compare with the vintage before.", find,
    )  # fmt: skip


def countries_are_the_world(world: str, figures: Mapping[str, int], slack: float) -> Rule:
    """Return the rule that countries add up to the row of the world, `figures` being each with its least countries."""

    def find(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        found = []
        for figure, least_countries in figures.items():
            rows = newest_covered(frame, figure, least_countries)
            if rows.is_empty():
                continue
            summed = float(rows[figure].sum())
            same_year = (pl.col("country_code") == world) & (pl.col("year") == rows["year"].item(0))
            total = float(frame.filter(same_year)[figure].sum())
            if abs(summed - total) > slack * total:
                found.append({"figure": figure, "world": total, "sum_of_countries": summed})
        return pl.DataFrame(found)

    return Rule(
        "countries_are_the_world", "block",
        f"the countries of the newest year add up to the world within {slack:.0%}",
        "A group of countries was taken for one, or large countries are missing: look at the codes without iso3.", find,
    )  # fmt: skip


def closed_years(slack: Mapping[str, float]) -> list[Rule]:
    """Return the rules about closed years; `slack` gives every figure and, in its unit, the change that is rounding."""
    return closed_periods(KEY, slack, years_before)
