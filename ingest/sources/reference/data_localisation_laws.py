"""Parser of the Non-US Data Center Registry's laws: one sheet of the workbook, as published."""

from collections.abc import Mapping

import polars as pl

from ingest.parsing import read_xlsx

LAWS = "data_protection_regulations"


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per quoted law, columns as published."""
    (content,) = files.values()
    return read_xlsx(content, LAWS)
