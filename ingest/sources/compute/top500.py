"""Parser of a TOP500 list: its only sheet, whose name is the number of the list."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from ingest.parsing import read_xlsx, sheet_names

FIRST = "First Appearance"


def month_of(number: int) -> date:
    """Return the month of a list: the first is of June 1993, and each year has one in June and one in November."""
    return date(1993 + (number - 1) // 2, 6 if number % 2 else 11, 1)


def list_number(sheet: str, frame: pl.DataFrame) -> int | None:
    """Return the number of a list: the sheet's name, or else the newest first appearance, since every list has some."""
    if sheet.isdecimal():
        return int(sheet)
    newest = frame[FIRST].cast(pl.Float64, strict=False).max() if FIRST in frame.columns else None
    return int(newest) if isinstance(newest, float) else None


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per system, columns as published, with number and month of the list."""
    (content,) = files.values()
    sheet = sheet_names(content)[0]
    frame = read_xlsx(content, sheet)
    number = list_number(sheet, frame)
    if number is not None and not 1 <= number <= 1000:
        raise ValueError(f"no list has the number {number}")
    month = month_of(number) if number else None
    return frame.with_columns(list_number=pl.lit(number, pl.Int64), list_month=pl.lit(month, pl.Date))
