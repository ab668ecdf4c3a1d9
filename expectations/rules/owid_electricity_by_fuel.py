"""Rules of electricity generation by fuel: each fuel is a series of its own, and all cover the same countries."""

from datetime import date

import polars as pl

from expectations.closed_periods import closed_periods, years_before
from expectations.rule import Rule, year_not_in_future
from expectations.yearly_series import ONE_ROW_A_COUNTRY, world_in_range

# Least and most the world can generate from a fuel in its newest year, in TWh.
WORLD_TWH = {
    "coal_twh": (7_000, 14_000),
    "gas_twh": (5_000, 10_000),
    "oil_twh": (400, 1_500),
    "nuclear_twh": (2_000, 4_500),
    "hydro_twh": (3_500, 6_000),
    "wind_twh": (1_800, 8_000),
    "solar_twh": (1_500, 12_000),
}
# Tiny grids are published to 0.01 TWh and move by as much.
SLACK_TWH = 0.05


def _unlike_world(frame: pl.DataFrame, _previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    found = []
    for fuel, (low, high) in WORLD_TWH.items():
        failing = world_in_range(fuel, low, high, "TWh").find(frame.drop_nulls(fuel), None, known_at)
        found.append(failing.select(pl.lit(fuel).alias("fuel"), pl.all()))
    return pl.concat(found, how="diagonal_relaxed")


def _unlike_cover(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    since_2000 = frame.filter(pl.col("year") >= 2000)
    counts = {fuel: since_2000.height - since_2000[fuel].null_count() for fuel in WORLD_TWH}
    few = {fuel: count for fuel, count in counts.items() if count < 0.8 * max(counts.values())}
    return pl.DataFrame({"fuel": list(few), "n_known": list(few.values())})


RULES = [
    year_not_in_future("year"),
    ONE_ROW_A_COUNTRY,
    Rule(
        "fuels_cover_the_same", "block",
        "since 2000, each fuel is known in eight of ten of the rows of the fuel that is known most often",
        "The file of that fuel was cut short, or lost a part of the world: look at the archived bytes.",
        _unlike_cover,
    ),
    Rule(
        "world_in_range", "block",
        "the newest figures of the world are " + ", ".join(
            f"{fuel.removesuffix('_twh')} {low:,} to {high:,}" for fuel, (low, high) in WORLD_TWH.items()
        ) + " TWh",
        "The unit of a fuel changed, or its file was cut short: compare with the vintage before.", _unlike_world,
    ),
    *closed_periods(["entity", "year"], dict.fromkeys(WORLD_TWH, SLACK_TWH), years_before),
]  # fmt: skip
