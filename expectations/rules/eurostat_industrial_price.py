"""Rules of Eurostat's electricity prices of large users."""

from datetime import date

import polars as pl

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


def _before(frame: pl.DataFrame, previous: pl.DataFrame | None) -> pl.DataFrame:
    """Rows that the vintage before had too, with its price as `was`."""
    if previous is None:
        return frame.clear().with_columns(was=pl.lit(None, pl.Float64))
    return frame.join(previous.select(*KEY, was=PRICE), on=KEY)


def _moved(share: float) -> pl.Expr:
    return (pl.col(PRICE) - pl.col("was")).abs() > pl.max_horizontal(pl.lit(SLACK_EUR_MWH), share * pl.col("was"))


def _rewritten(frame: pl.DataFrame, previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return _before(frame, previous).filter(_moved(0.30))


def _revised(frame: pl.DataFrame, previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return _before(frame, previous).filter(_moved(0.01) & ~_moved(0.30))


def _lost(frame: pl.DataFrame, previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    if previous is None:
        return pl.DataFrame()
    known = frame.filter(pl.col(PRICE).is_not_null())
    gone = previous.filter(pl.col(PRICE).is_not_null()).join(known, on=KEY, how="anti")
    return gone.select(pl.col(name).alias(f"lost_{name}") for name in KEY)


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
    Rule(
        "closed_half_year_rewritten", "quarantine_rows",
        "the price without VAT of a half-year moved by no more than 30 % since the vintage before",
        "Find the publisher's note on the revision. The row is set aside and the earlier price stays.", _rewritten,
    ),
    Rule(
        "closed_half_year_revised", "warn",
        "the price without VAT of a half-year moved by no more than 1 % since the vintage before",
        "Nothing: the revision is kept, both prices stay readable.", _revised,
    ),
    Rule(
        "closed_half_year_kept", "warn",
        "every price without VAT of the vintage before is still told",
        "Look whether the publisher withdrew it or made it confidential; the earlier price stays.", _lost,
    ),
]  # fmt: skip
