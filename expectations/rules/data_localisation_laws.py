"""Rules of the laws on data: the sheet covers the world, and quotes what it counts."""

from datetime import date

import polars as pl

from expectations.rule import Rule


def _few_countries(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    n_countries = frame["iso3"].drop_nulls().n_unique()
    return pl.DataFrame({"n_countries": [n_countries] if n_countries < 60 else []})


def _unquoted(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("quote").is_null()).select("law_id", "country_name")


RULES = [
    Rule("many_countries", "block", "the laws are of 60 countries or more",
         "Look whether the sheet was cut, or another sheet read.", _few_countries),
    Rule("quoted", "warn", "every row has its quote",
         "Nothing can be said about such a row: leave it out where the text matters.", _unquoted),
]  # fmt: skip
