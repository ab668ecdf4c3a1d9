"""Parser of Epoch AI's chip quantities: the table as published, the time of the last change cut to its day."""

from collections.abc import Mapping

import polars as pl

from ingest.parsing import read_csv

MODIFIED = "Last Modified"


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per site, chip type and day, columns as published."""
    (content,) = files.values()
    frame = read_csv(content)
    if MODIFIED not in frame.columns:
        # A file without the column is told by the gate, in its words.
        return frame
    return frame.with_columns(pl.col(MODIFIED).str.replace(r"^(\d{4}-\d{2}-\d{2})[ T].*$", "${1}"))
