"""Parser of a TOP500 list: its only sheet, whose name is the number of the list."""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from datetime import date
from xml.sax.saxutils import unescape

import polars as pl

from ingest.parsing import read_xlsx

FIRST = "First Appearance"
WORKBOOK, WORKBOOK_MAX_BYTES = "xl/workbook.xml", 2**20
SHEET_NAME = re.compile(r'<(?:\w+:)?sheet\s(?:[^>]*\s)?name="([^"]*)"')


def month_of(number: int) -> date:
    """Return the month of a list: the first is of June 1993, and each year has one in June and one in November."""
    return date(1993 + (number - 1) // 2, 6 if number % 2 else 11, 1)


def first_sheet(content: bytes) -> str:
    """Return the name of a workbook's first sheet. Raises ValueError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened, opened.open(WORKBOOK) as member:
            text = member.read(WORKBOOK_MAX_BYTES).decode()
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, RuntimeError, NotImplementedError) as error:
        raise ValueError(f"a workbook was expected ({error})") from None
    named = SHEET_NAME.search(text)
    if named is None:
        raise ValueError("the workbook names no sheet")
    return unescape(named[1], {"&quot;": '"'})


def list_number(sheet: str, frame: pl.DataFrame) -> int | None:
    """Return the number of a list: the sheet's name, or else the newest first appearance, since every list has some."""
    if sheet.isdecimal():
        return int(sheet)
    newest = frame[FIRST].cast(pl.Float64, strict=False).max() if FIRST in frame.columns else None
    return int(newest) if isinstance(newest, float) else None


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per system, columns as published, with number and month of the list."""
    (content,) = files.values()
    sheet = first_sheet(content)
    frame = read_xlsx(content, sheet)
    number = list_number(sheet, frame)
    if number is not None and not 1 <= number <= 1000:
        raise ValueError(f"no list has the number {number}")
    month = month_of(number) if number else None
    return frame.with_columns(list_number=pl.lit(number, pl.Int64), list_month=pl.lit(month, pl.Date))
