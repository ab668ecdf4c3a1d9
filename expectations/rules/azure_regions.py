"""Rules of Azure's regions: what is announced is told from what is open."""

from datetime import date

import polars as pl

from expectations.cloud_lists import near_its_country
from expectations.rule import Rule, none_gone, positions_known, year_not_in_future


def _odd_share(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    n_open = frame["is_open"].sum()
    return pl.DataFrame({"n_open": [] if 0.5 * frame.height <= n_open < frame.height else [n_open]})


def _closed_again(frame: pl.DataFrame, previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    if previous is None:
        return pl.DataFrame()
    return frame.filter(~pl.col("is_open")).join(previous.filter(pl.col("is_open")), on="region_id", how="semi")


def _undated(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    running = frame.filter(pl.col("is_open"))
    n_dated = running["year_open"].is_not_null().sum()
    return pl.DataFrame({"n_dated": [n_dated] if n_dated < 0.5 * running.height else []})


RULES = [
    Rule(
        "announced_told_apart", "block",
        "half of the regions or more are open, and not all",
        "isOpen took on another meaning: look at regions known to run.",
        _odd_share,
    ),
    Rule(
        "opening_years_known", "block",
        "half of the open regions or more have the year they opened",
        "Look for a renamed field in the bytes.",
        _undated,
    ),
    Rule(
        "stays_open", "warn",
        "no region that was open is announced again",
        "Look whether the region closed, or the map was corrected.",
        _closed_again,
    ),
    year_not_in_future("year_open"),
    positions_known("latitude_deg", "longitude_deg", 0.7),
    none_gone(["region_id"]),
    near_its_country("latitude_deg", "longitude_deg"),
]  # fmt: skip
