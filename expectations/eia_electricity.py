"""Rules shared by EIA's two ways to the same figures: plants can make what is generated, balances add up."""

from datetime import date

import polars as pl

from expectations.country_years import closed_years, countries_are_the_world, scale
from expectations.rule import Rule, countries_present, year_not_in_future
from expectations.yearly_series import ONE_ROW_A_COUNTRY

CAPACITY_FACTOR = pl.col("generation_twh") / (8.76 * pl.col("capacity_gw"))
# Small grids are estimated and move by as much; trade is revised most.
SLACK = {
    "generation_twh": 0.1, "consumption_twh": 0.1, "imports_twh": 0.5, "exports_twh": 0.5, "losses_twh": 0.5,
    "capacity_gw": 0.1,
}  # fmt: skip


def _impossible(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    # Within the slack of tiny grids any ratio is rounding.
    return frame.filter((CAPACITY_FACTOR > 2) & (pl.col("generation_twh") > 1))


def _overrun(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter((CAPACITY_FACTOR > 1.05) & (pl.col("generation_twh") > 1))


def _unbalanced(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    supply = (
        pl.col("generation_twh") + pl.col("imports_twh").fill_null(0) - pl.col("exports_twh").fill_null(0)
        - pl.col("losses_twh")
    )  # fmt: skip
    gap = (supply - pl.col("consumption_twh")).abs()
    return frame.filter(gap > pl.max_horizontal(pl.lit(1.0), 0.05 * pl.col("consumption_twh")))


RULES = [
    year_not_in_future("year"),
    ONE_ROW_A_COUNTRY,
    countries_present("iso3", ["HKG", "NAM", "PSE", "TWN", "XKX"]),
    countries_are_the_world("WORL", {"generation_twh": 180, "consumption_twh": 180, "capacity_gw": 180}, 0.03),
    scale("generation_twh", "sum", 25_000, 60_000, "TWh", 180),
    scale("consumption_twh", "sum", 22_000, 55_000, "TWh", 180),
    scale("imports_twh", "sum", 400, 6_000, "TWh", 90),
    scale("exports_twh", "sum", 400, 6_000, "TWh", 90),
    scale("losses_twh", "sum", 1_000, 6_000, "TWh", 120),
    scale("capacity_gw", "sum", 7_000, 40_000, "GW", 180),
    Rule(
        "generation_impossible", "quarantine_rows", "generation needs no capacity factor above 2",
        "One of the two figures is in another unit: compare them with the years around.", _impossible,
    ),
    Rule(
        "capacity_factor", "warn", "generation needs no capacity factor above 1.05",
        "Capacity lags behind in countries that build fast: use generation.", _overrun,
    ),
    Rule(
        "balance", "warn", "generation, trade and losses add up to consumption within 5 %",
        "Look at the row: one of the figures is of another year or was revised alone.", _unbalanced,
    ),
    *closed_years(SLACK),
]  # fmt: skip
