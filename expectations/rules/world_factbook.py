"""Rules of the Factbook: plants can make the electricity that is used, countries add up to the world."""

from datetime import date

import polars as pl

from expectations.rule import Rule, year_not_in_future

WORLD = "xx"
# The world of the 2020s, generously: wide enough for decades of growth, too narrow for another unit.
WORLD_RANGE = {
    "population": (6e9, 12e9), "gdp_usd": (50e12, 250e12), "installed_capacity_gw": (4e3, 20e3),
    "consumption_twh": (15e3, 60e3), "losses_twh": (1e3, 6e3), "exports_twh": (300, 5e3),
    "imports_twh": (300, 5e3),
}  # fmt: skip
# Least share of profiles with a figure. Trade is absent where there is none, so it is rarer.
KNOWN_SHARE = {
    "country_name": 0.9, "population": 0.8, "gdp_usd": 0.7, "installed_capacity_gw": 0.7,
    "consumption_twh": 0.7, "losses_twh": 0.7, "electricity_year": 0.7, "exports_twh": 0.2,
    "imports_twh": 0.2,
}  # fmt: skip
# Exports and imports are published only where there are any.
GENERATION = (
    pl.col("consumption_twh")
    + pl.col("losses_twh")
    + pl.col("exports_twh").fill_null(0)
    - pl.col("imports_twh").fill_null(0)
)
CAPACITY_FACTOR = GENERATION / (pl.col("installed_capacity_gw") * 8.76)


def _overrun(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(CAPACITY_FACTOR > 1.05)


def _impossible(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    slack_twh = 0.05 * pl.col("consumption_twh")
    return frame.filter((CAPACITY_FACTOR > 2) | (GENERATION + slack_twh < 0))


def _unlike_the_world(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    world = frame.filter(pl.col("gec") == WORLD)
    countries = frame.filter(pl.col("iso3").is_not_null())
    found = []
    for column in WORLD_RANGE:
        total, summed = float(world[column].sum()), float(countries[column].sum())
        if not total or abs(summed - total) > 0.1 * total:
            found.append({"figure": column, "world": total, "sum_of_countries": summed})
    return pl.DataFrame(found)


def _out_of_this_world(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    countries = frame.filter(pl.col("iso3").is_not_null())
    sums = {column: float(countries[column].sum()) for column in WORLD_RANGE}
    found = [
        {"figure": column, "sum_of_countries": sums[column], "least": least, "most": most}
        for column, (least, most) in WORLD_RANGE.items()
        if not least <= sums[column] <= most
    ]
    return pl.DataFrame(found)


def _rarely_known(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    known = {column: frame[column].is_not_null().sum() / frame.height for column in KNOWN_SHARE}
    found = [
        {"figure": column, "known_share": known[column], "least_share": least}
        for column, least in KNOWN_SHARE.items()
        if known[column] < least
    ]
    return pl.DataFrame(found)


RULES = [
    year_not_in_future("electricity_year"),
    Rule(
        "figures_known", "block",
        "every figure is known for the share of profiles it has always been known for",
        "A label of the profile was renamed, so the parser finds nothing there: look at one profile.",
        _rarely_known,
    ),
    Rule(
        "world_is_sum_of_countries", "block",
        "the world's figures are within 10 % of the sum of its countries",
        "A unit slipped, or large profiles are missing: compare the largest countries with another source.",
        _unlike_the_world,
    ),
    Rule(
        "world_in_range", "block",
        "the countries add up to a world of the size it has",
        "The whole column is in another unit: look at the text of a profile.",
        _out_of_this_world,
    ),
    Rule(
        "generation_impossible", "quarantine_rows",
        "consumption, losses and net exports need no negative generation and no capacity factor above 2",
        "One figure of the profile is in another unit: compare it with its neighbours in the profile.",
        _impossible,
    ),
    Rule(
        "capacity_factor", "warn",
        "consumption, losses and net exports need no capacity factor above 1.05",
        "Treat derived generation as an upper bound: private plants or mixed years are the usual reason.",
        _overrun,
    ),
]  # fmt: skip
