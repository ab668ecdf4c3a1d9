"""The number of a TOP500 list, and what follows from it."""

from datetime import date

import polars as pl
import pytest

from expectations.gate import run_gate
from ingest.declaration import get_declaration
from ingest.errors import ParseError
from ingest.parsing import Parsed, parse
from tests.fixtures.kit import wheel
from tests.fixtures.published import KNOWN_AT, frame_of, good_rows
from tests.fixtures.sources.top500 import NUMBER
from tests.fixtures.xlsx import workbook

SOURCE = "top500"
# 67th list: June 2026.
MONTHS = {1: date(1993, 6, 1), 63: date(2024, 6, 1), 66: date(2025, 11, 1), 67: date(2026, 6, 1)}


def listed(sheet: str, newest: int = NUMBER) -> Parsed:
    back = NUMBER - newest
    rows = [row | {"First Appearance": row["First Appearance"] - back} for row in good_rows(SOURCE)[:20]]
    return parse(get_declaration(SOURCE), {SOURCE: workbook({sheet: rows, "another": []})})


@pytest.mark.parametrize(("number", "month"), MONTHS.items())
def test_the_month_follows_from_the_name_of_the_sheet(number: int, month: date) -> None:
    assert set(listed(str(number)).frame.select("list_number", "list_month").rows()) == {(number, month)}


@pytest.mark.parametrize("sheet", ["Sheet1", 'TOP500 & "co"'])
def test_under_another_name_the_newest_systems_tell(sheet: str) -> None:
    assert set(listed(sheet, newest=66).frame.select("list_number", "list_month").rows()) == {(66, MONTHS[66])}


def failed(number: int, known_at: date, previous: pl.DataFrame | None) -> set[str]:
    parsed = listed(str(number), newest=number)
    return {check.rule for check in run_gate(get_declaration(SOURCE), parsed, previous, known_at).failed}


def test_an_older_list_and_one_of_the_future_are_blocked() -> None:
    before = frame_of(SOURCE, workbook({str(NUMBER): good_rows(SOURCE)}))
    assert "list_not_older" in failed(NUMBER - 1, KNOWN_AT, before)
    assert "list_not_older" not in failed(NUMBER, KNOWN_AT, before)
    assert "list_not_in_future" in failed(NUMBER + 2, KNOWN_AT, before)
    assert "list_not_in_future" not in failed(NUMBER - 1, KNOWN_AT, None)


@pytest.mark.parametrize("content", [b"<html>", wheel({"xl/workbook.xml": b"<workbook/>"}), wheel({"a": b""}),
                                     workbook({"2000": [{"Rank": 1}]})])  # fmt: skip
def test_what_is_no_list_is_told(content: bytes) -> None:
    with pytest.raises(ParseError, match="expected"):
        parse(get_declaration(SOURCE), {SOURCE: content})
