"""Rules of Ember's yearly generation, which tells capacity as well."""

from datetime import date

import polars as pl

from expectations.ember import COUNTRIES_ALONE, FIGURE, NET_IMPORTS, rules
from expectations.rule import Rule


def _load(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    running = frame.filter(
        ~pl.col("is_aggregated") & (pl.col("energy_source") != NET_IMPORTS)
        & (pl.col("capacity_gw") > 0.1) & (pl.col(FIGURE) > 0)
    )  # fmt: skip
    median = running.select((1000 * pl.col(FIGURE) / (8.76 * 1000 * pl.col("capacity_gw"))).median()).item()
    found = pl.DataFrame({"median_capacity_factor": [median]}, schema={"median_capacity_factor": pl.Float64})
    return found.filter(~pl.col("median_capacity_factor").is_between(0.05, 0.8).fill_null(False))


RULES = [
    *rules("year", largest_twh=(6_000, 25_000), slack_twh=0.05),
    COUNTRIES_ALONE,
    Rule("capacity_factor_scale", "block", "capacity runs 5 to 80 % of the time in the median",
         "Capacity is in another unit: compare with the vintage before.", _load),
]  # fmt: skip
