"""Rules of Wikidata's data centers: the query found what it should, and plants are not misread as sites."""

from datetime import date

import polars as pl

from expectations.cloud_lists import near_its_country
from expectations.rule import Rule, none_gone

LEAST_PLACED, LEAST_COUNTRIES = 40, 8


def _too_narrow(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    n_placed = frame.drop_nulls(["latitude_deg", "longitude_deg"]).height
    n_countries = frame["iso3"].drop_nulls().n_unique()
    found = pl.DataFrame({"n_placed": [n_placed], "n_countries": [n_countries]})
    return found if n_placed < LEAST_PLACED or n_countries < LEAST_COUNTRIES else found.clear()


def _odd_power(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    # Without a known power there is no median, and nothing to find.
    return frame.select(median_mw=pl.col("power_mw").median()).filter(~pl.col("median_mw").is_between(0.5, 1000))


def _ends_before(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("end_year") < pl.col("inception_year"))


RULES = [
    Rule(
        "spread_over_the_world", "block",
        f"{LEAST_PLACED} items or more have a position, and {LEAST_COUNTRIES} countries or more have an item",
        "Look whether the query still fits: a property or the class may have been changed.",
        _too_narrow,
    ),
    Rule(
        "power_scale", "block",
        "the median installed capacity is 0.5 to 1000 MW",
        "Watts were given in another unit: look at the archived answer.",
        _odd_power,
    ),
    Rule(
        "ends_after_inception", "warn",
        "no data center ends before it begins",
        "Mend the item in Wikidata.",
        _ends_before,
    ),
    none_gone(["item_id"]),
    near_its_country("latitude_deg", "longitude_deg"),
]  # fmt: skip
