"""Rules of ENTSO-E's installed capacity."""

from datetime import date

import polars as pl

from expectations.rule import Rule, none_gone

# Germany's solar alone passes 100 GW; all of Europe has some 1,300 GW.
LEAST_GW, MOST_GW = 600, 2500


def _odd_total(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    gigawatts = float(frame["capacity_mw"].sum()) / 1000
    return pl.DataFrame({"total_gw": [] if LEAST_GW <= gigawatts <= MOST_GW else [gigawatts]})


def _several_years(frame: pl.DataFrame, _previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("year") != known_at.year)


def _two_areas(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("country_code").n_unique().over("area_code") > 1)


RULES = [
    Rule(
        "total_capacity", "block",
        f"all countries together have {LEAST_GW:,} to {MOST_GW:,} GW",
        "Figures are in another unit, or large countries are missing: compare with the vintage before.", _odd_total,
    ),
    Rule(
        "year_as_asked", "block",
        "every figure is of the year in which it was asked for",
        "Look at the interval in the archived answers: the platform may have given another year.", _several_years,
    ),
    Rule(
        "one_country_per_area", "block",
        "no area of ENTSO-E is two countries",
        "Two addresses of the declaration name one area: look at in_Domain.", _two_areas,
    ),
    none_gone(["country_code", "kind"]),
]  # fmt: skip
