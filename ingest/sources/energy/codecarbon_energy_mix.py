"""Parser of codecarbon's `global_energy_mix.json`: an object of countries, keyed by ISO code."""

import json
from collections.abc import Mapping

import polars as pl


def _number(text: str) -> float | None:
    """Read a JSON integer. Editions from April 2024 on write missing cells as a bare 0 and measured zeros as 0.0."""
    return float(text) or None


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per country, columns as published; NaN and integer zeros become null."""
    (content,) = files.values()
    countries = json.loads(content, parse_int=_number)
    frame = pl.DataFrame(list(countries.values()), infer_schema_length=None)
    return frame.with_columns(pl.selectors.float().fill_nan(None))
