"""Rules of the carbon intensities: the right unit, and real differences between countries."""

from datetime import date

import polars as pl

from expectations.rule import Rule, year_not_in_future

INTENSITY = "carbon_intensity_gco2_kwh"


def _off_scale(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    median = frame[INTENSITY].median()
    inside = isinstance(median, float) and 100 <= median <= 700
    return pl.DataFrame({"median_gco2_kwh": [] if inside else [median]})


def _one_value(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    commonest = frame.group_by(INTENSITY).len("n_countries").sort("n_countries", descending=True).head(1)
    return commonest.filter(pl.col("n_countries") > 0.1 * frame.height)


def _jumped(frame: pl.DataFrame, previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    if previous is None:
        return frame.clear()
    before = previous.select("country_code", "year", was=INTENSITY)
    # 30 g/kWh of absolute slack: a tenfold change of a nearly carbon-free system is rounding.
    same_year = frame.join(before, on=["country_code", "year"])
    return same_year.filter(
        (pl.col(INTENSITY) - pl.col("was")).abs() > pl.max_horizontal(pl.lit(30.0), 0.3 * pl.col("was"))
    )


RULES = [
    year_not_in_future("year"),
    Rule(
        "intensity_scale", "block",
        "the median carbon intensity is 100 to 700 gCO2/kWh",
        "The column is in kg or t per kWh, or is another measure: read the publisher's notes.",
        _off_scale,
    ),
    Rule(
        "intensity_varies", "block",
        "no single value stands for more than a tenth of the countries",
        "A default was written where data were missing: leave this edition out.",
        _one_value,
    ),
    Rule(
        "closed_year_rewritten", "quarantine_rows",
        "the intensity of a country and year moved by no more than 30 % since the edition before",
        "Find the publisher's note on the revision; release the load when it is real.",
        _jumped,
    ),
]  # fmt: skip
