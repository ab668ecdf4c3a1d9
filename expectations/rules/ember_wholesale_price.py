"""Rules of Ember's wholesale prices by country and month."""

from datetime import date

import polars as pl

from expectations.closed_periods import closed_periods
from expectations.rule import Rule

FIGURE = "price_eur_mwh"
# Prices near zero move by any share.
SLACK_EUR_MWH = 1.0


def _future(frame: pl.DataFrame, _previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("month") > known_at)


def _scale(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    newest = pl.col("month") > pl.col("month").max().dt.offset_by("-12mo")
    found = frame.filter(newest).select(median_eur_mwh=pl.col(FIGURE).median())
    return found.filter(~pl.col("median_eur_mwh").is_between(10, 500).fill_null(False))


def _few_countries(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    found = frame.select(n_countries=pl.col("iso3").n_unique())
    return found.filter(pl.col("n_countries") < 20)


def _was_over(known_at: date) -> pl.Expr:
    # The month under way is an average of the days so far, and the one before may lack some.
    return pl.col("month") < pl.lit(known_at.replace(day=1)).dt.offset_by("-1mo")


RULES = [
    Rule("month_not_in_future", "block", "no month is after the day of publication",
         "No price comes before its time: look for a misread date.", _future),
    Rule("price_scale", "block", "the median price of the newest year is 10 to 500 EUR/MWh",
         "Prices are in another unit or currency: compare with the vintage before.", _scale),
    Rule("covers_europe", "block", "prices cover 20 countries or more",
         "Look whether the file was cut short, or a code is written otherwise.", _few_countries),
    *closed_periods(["country_name", "month"], {FIGURE: SLACK_EUR_MWH}, _was_over, "month"),
]  # fmt: skip
