"""Rules of Ember's monthly generation as its API tells it: without emissions, with shares, of countries alone."""

from datetime import date

import polars as pl

from expectations.ember import TOTAL, rules
from expectations.rule import Rule

OF_EMISSIONS = {"emissions_follow_intensity", "coal_intensity"}


def _regions(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("is_region"))


def _shares(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    share = pl.col("share_of_generation_pct")
    found = frame.filter(pl.col("energy_source") == TOTAL).select(median_share_of_total_pct=share.median())
    return found.filter(~pl.col("median_share_of_total_pct").is_between(99, 101).fill_null(False))


RULES = [
    *(rule for rule in rules("month", largest_twh=(500, 2_500), slack_twh=0.02) if rule.name not in OF_EMISSIONS),
    Rule("countries_alone", "block", "no row is about a group of countries",
         "The publisher no longer heeds what is asked for: a group must never count as a country.", _regions),
    Rule("shares_are_per_cent", "block", "the share of total generation is 100 per cent in the median",
         "Shares are fractions or in another unit: compare with the vintage before.", _shares),
]  # fmt: skip
