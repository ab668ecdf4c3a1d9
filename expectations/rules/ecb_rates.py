"""Rules of the euro reference rates: each near the value it has had for years, all of them on every day."""

from datetime import date

import polars as pl

from expectations import reviewed_tables
from expectations.rule import Rule

# Units for one euro between 2020 and 2026, with a third of room on both sides.
RANGES = {
    "AUD": (1.0, 2.4), "BRL": (3.3, 9.0), "CAD": (0.9, 2.2), "CNY": (4.5, 11.3), "GBP": (0.55, 1.25),
    "INR": (52.0, 150.0), "KRW": (850.0, 2400.0), "MXN": (11.0, 36.0), "NZD": (1.05, 2.75), "SEK": (6.6, 16.0),
    "SGD": (0.9, 2.2), "THB": (23.0, 52.0), "USD": (0.64, 1.65), "ZAR": (10.5, 29.0),
}  # fmt: skip
SATURDAY = 6


def _out_of_range(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    low, high = (
        pl.col("currency").replace_strict({one: ends[side] for one, ends in RANGES.items()}, default=None)
        for side in (0, 1)
    )
    return frame.filter(~pl.col("units_per_eur").is_between(low, high))


def _on_weekends(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("rate_date").dt.weekday() >= SATURDAY)


def _incomplete(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.len().over("rate_date") != len(RANGES))


RULES = [
    *reviewed_tables.rules(["rate_date", "currency"], ["units_per_eur"], published="rate_date"),
    Rule("rate_in_range", "block", "a rate lies where its currency has been since 2020, or a third beyond",
         "Look for a rate of another currency, upside down or in another unit.", _out_of_range),
    Rule("on_working_days", "block", "a rate is of a working day",
         "The bank publishes none on weekends: take the last working day before.", _on_weekends),
    Rule("all_currencies", "block", f"every day has the rates of all {len(RANGES)} currencies",
         "Add the missing ones of that day.", _incomplete),
]  # fmt: skip
