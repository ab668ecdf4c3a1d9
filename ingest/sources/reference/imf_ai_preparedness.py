"""Parser of the IMF's DataMapper: figures by year by economy, under the name of the indicator."""

import json
from collections.abc import Mapping

import polars as pl

INDICATOR = "AI_PI"
SCHEMA = {"country_code": pl.String, "year": pl.Int64, "ai_preparedness_index": pl.Float64}


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per economy or group and year. Raises ValueError for an answer without the indicator."""
    (content,) = files.values()
    answer = json.loads(content)
    # An indicator the IMF does not know is answered without values, and with status 200.
    if INDICATOR not in answer.get("values", {}):
        raise ValueError(f"expected values of {INDICATOR}, came {str(answer)[:200]}")
    rows = [
        (code or None, int(year) if year else None, None if value is None else float(value))
        for code, years in answer["values"][INDICATOR].items()
        for year, value in years.items()
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
