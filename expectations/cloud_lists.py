"""Rules shared by lists of cloud regions: a region is where its country is, and figures add up to the world's."""

from datetime import date

import polars as pl

from expectations.rule import Rule

# The widest country with regions, the United States, stays within these spans of its median region.
MAX_LATITUDE_SPAN_DEG = 25
MAX_LONGITUDE_SPAN_DEG = 60


def near_its_country(latitude: str, longitude: str) -> Rule:
    """Return the rule that a place lies near the other places of its country, by columns of WGS 84 degrees."""

    def find(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        apart = [(pl.col(name) - pl.col(name).median().over("iso3")).abs() for name in (latitude, longitude)]
        return frame.filter((apart[0] > MAX_LATITUDE_SPAN_DEG) | (apart[1] > MAX_LONGITUDE_SPAN_DEG))

    return Rule(
        name="near_its_country",
        severity="warn",
        description="a place lies near the other places of its country",
        remedy="Look for a lost minus sign or swapped coordinates.",
        find=find,
    )


def total_between(column: str, low: float, high: float, unit: str) -> Rule:
    """Return the rule that a figure adds up, over all rows, to what the world holds of it."""

    def find(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        total = frame[column].sum()
        return pl.DataFrame({"total": [] if low <= total <= high else [total]})

    return Rule(
        name=f"{column}_total",
        severity="block",
        description=f"{column} adds up to {low:,.0f} to {high:,.0f} {unit}",
        remedy="Look whether the list was cut, or prefixes are given another way.",
        find=find,
    )
