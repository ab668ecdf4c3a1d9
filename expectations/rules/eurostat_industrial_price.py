"""Rules of Eurostat's electricity prices of large users."""

from datetime import date

import polars as pl

from expectations.closed_periods import closed_periods
from expectations.rule import Rule

KEY = ["geo", "band", "period"]
PRICE = "price_excl_vat_eur_mwh"
# Published to 0.0001 EUR/kWh, so a change of two such steps is rounding.
SLACK_EUR_MWH = 0.2


def _in_future(frame: pl.DataFrame, _previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("period_end") > known_at)


def _odd_level(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    newest = frame.filter(pl.col("period_end") == pl.col("period_end").max())
    median = newest[PRICE].median()
    inside = isinstance(median, float) and 40 <= median <= 400
    return (
        pl.DataFrame({"period": newest["period"].head(1), "median_eur_mwh": [median]}) if not inside else pl.DataFrame()
    )


def _few_countries(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    counts = frame.group_by("band").agg(n_countries=pl.col("iso3").drop_nulls().n_unique()).sort("band")
    few = counts.filter(pl.col("n_countries") < 10)
    return few if counts.height == 2 else counts


def _tax_below_nothing(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("price_incl_taxes_eur_mwh") < pl.col(PRICE) - SLACK_EUR_MWH)


def _every_half_year(_known_at: date) -> pl.Expr:
    # A half-year is published when it is over.
    return pl.lit(value=True)


RULES = [
    Rule(
        "period_not_in_future", "block",
        "no half-year ends after the day of publication",
        "No price comes before its time: look for a misread half-year or a wrong release date.", _in_future,
    ),
    Rule(
        "price_level", "block",
        "the median price without VAT of the newest half-year is 40 to 400 EUR/MWh",
        "Prices are in another unit or currency, or of another tax level: compare with the vintage before.", _odd_level,
    ),
    Rule(
        "both_bands_cover_countries", "block",
        "bands IF and IG each have prices of 10 countries or more",
        "The answer is a part of what was asked for: look at the filters of the address and at the archived bytes.",
        _few_countries,
    ),
    Rule(
        "taxes_add", "warn",
        "the price with all taxes is not below the price without VAT",
        "Look at the three prices of the half-year; the publisher may have swapped two of them.", _tax_below_nothing,
    ),
    *closed_periods(KEY, {PRICE: SLACK_EUR_MWH}, _every_half_year, "half_year"),
]  # fmt: skip
