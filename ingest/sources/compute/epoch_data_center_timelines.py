"""Parser of Epoch AI's data center timelines, over their changes of header."""

from collections.abc import Mapping

import polars as pl

from ingest.parsing import read_csv

IT_POWER = "IT power (MW)"
# Only files of before IT power was given have this column; a later file without IT power has lost it.
ONLY_BEFORE_IT_POWER = "Building area (square feet)"


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per site and date, columns as published."""
    (content,) = files.values()
    frame = read_csv(content)
    if IT_POWER not in frame.columns and ONLY_BEFORE_IT_POWER in frame.columns:
        return frame.with_columns(pl.lit(None, pl.String).alias(IT_POWER))
    return frame
