"""Rules of Ember's wholesale prices by country and month."""

from datetime import date

import polars as pl

from expectations.rule import Rule

FIGURE = "price_eur_mwh"
KEYS = ["country_name", "month"]
# Prices near zero move by any share.
SLACK_EUR_MWH = 5.0


def _future(frame: pl.DataFrame, _previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("month") > known_at)


def _scale(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    newest = pl.col("month") > pl.col("month").max().dt.offset_by("-12mo")
    found = frame.filter(newest).select(median_eur_mwh=pl.col(FIGURE).median())
    return found.filter(~pl.col("median_eur_mwh").is_between(10, 500).fill_null(False))


def _few_countries(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    found = frame.select(n_countries=pl.col("iso3").n_unique())
    return found.filter(pl.col("n_countries") < 20)


def _closed(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    """Rows of months that were over when the vintage was published, with the figure of the vintage before as `was`."""
    if previous is None:
        return frame.clear().with_columns(was=pl.lit(None, pl.Float64))
    # The month under way is an average of the days so far, and the one before may lack some.
    over = frame.filter(pl.col("month") < pl.lit(known_at.replace(day=1)).dt.offset_by("-1mo"))
    return over.join(previous.select(*KEYS, was=FIGURE), on=KEYS)


def _moved(share: float) -> pl.Expr:
    moved = (pl.col(FIGURE) - pl.col("was")).abs()
    return moved > pl.max_horizontal(pl.lit(SLACK_EUR_MWH), share * pl.col("was").abs())


def _rewritten(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    return _closed(frame, previous, known_at).filter(_moved(0.30))


def _revised(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    moved = (pl.col(FIGURE) - pl.col("was")).abs()
    return _closed(frame, previous, known_at).filter((moved > 0.01 * pl.col("was").abs()) & ~_moved(0.30))


RULES = [
    Rule("month_not_in_future", "block", "no month is after the day of publication",
         "No price comes before its time: look for a misread date.", _future),
    Rule("price_scale", "block", "the median price of the newest year is 10 to 500 EUR/MWh",
         "Prices are in another unit or currency: compare with the vintage before.", _scale),
    Rule("covers_europe", "block", "prices cover 20 countries or more",
         "Look whether the file was cut short, or a code is written otherwise.", _few_countries),
    Rule("closed_month_rewritten", "quarantine_rows",
         "the price of a month that was over moved by no more than 30 % since the vintage before",
         "Find the publisher's note. The row is set aside and the earlier price stays.", _rewritten),
    Rule("closed_month_revised", "warn",
         "the price of a month that was over moved by no more than 1 % since the vintage before",
         "Nothing: the revision is kept, both prices stay readable.", _revised),
]  # fmt: skip
