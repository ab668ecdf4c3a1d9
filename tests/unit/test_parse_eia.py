"""EIA's bulk file and its API: codes are no figures, the whole list or none, the same table from both."""

import json

import pytest

from ingest.declaration import get_declaration
from ingest.errors import ParseError
from ingest.parsing import parse
from ingest.reading.eia import read_figure
from tests.fixtures.eia import good_rows
from tests.fixtures.sources import eia_international as bulk
from tests.fixtures.sources import eia_v2_international as api

BULK, API = get_declaration("eia_international"), get_declaration("eia_v2_international")
ROWS = [row for row in good_rows() if row["country_code"] in ("DEU", "NAM", "WORL", "XKS")]


@pytest.mark.parametrize("code", ["--", "-", "NA", "na", "w", "W", "(s)", "ie", "", " -- ", None])
def test_a_code_is_no_figure(code: str | None) -> None:
    assert read_figure(code) is None


def test_a_figure_is_read_from_text_too() -> None:
    assert read_figure("4.5") == read_figure(4.5) == 4.5
    assert read_figure(0) == 0
    for other in ("?", "1,5", [1]):
        with pytest.raises(ValueError, match="could not|expected"):
            read_figure(other)


def test_both_ways_give_the_same_table() -> None:
    key = ["country_code", "year"]
    from_bulk, from_api = parse(BULK, bulk.files(ROWS)).frame.sort(key), parse(API, api.files(ROWS)).frame.sort(key)
    assert from_bulk.equals(from_api)
    assert from_bulk.height == len(ROWS)


def test_a_row_of_codes_is_dropped() -> None:
    figures = ("generation_twh", "consumption_twh", "imports_twh", "exports_twh", "losses_twh", "capacity_gw")
    rows = [row | dict.fromkeys(figures) if row["country_code"] == "NAM" else row for row in ROWS]
    for declaration, files in ((BULK, bulk.files(rows)), (API, api.files(rows))):
        assert "NAM" not in parse(declaration, files).frame["country_code"]


def text_of(lines: list[dict[str, object]]) -> dict[str, bytes]:
    return {"INTL.txt": b"".join(json.dumps(line).encode() + b"\n" for line in lines)}


def test_a_series_told_twice_is_one_and_a_code_gives_way_to_a_figure() -> None:
    lines = bulk.lines(ROWS)
    first = next(line for line in lines if line.get("series_id") == "INTL.2-12-DEU-BKWH.A")
    coded = dict(first, data=[["2024", "--"]])
    whole = parse(BULK, text_of(lines)).frame
    assert parse(BULK, text_of([coded, *lines, first])).frame.sort(whole.columns).equals(whole.sort(whole.columns))
    with pytest.raises(ParseError, match="told twice"):
        parse(BULK, text_of([*lines, dict(first, data=[["2024", 1.5]])]))


@pytest.mark.parametrize("ending", [b'{"series_id": "INTL.9', b"<html>", b"[]\n", b"[" * 100_000])
def test_a_bulk_file_that_ends_in_something_else_is_refused(ending: bytes) -> None:
    with pytest.raises(ParseError, match="expected"):
        parse(BULK, {"INTL.txt": bulk.files(ROWS)["INTL.txt"] + ending})


def test_monthly_series_and_other_units_are_left_out() -> None:
    lines = bulk.lines(ROWS)
    first = next(line for line in lines if line.get("series_id") == "INTL.2-12-DEU-BKWH.A")
    other = [
        dict(first, series_id="INTL.2-12-DEU-BKWH.M", data=[["202401", 1.5]]),
        dict(first, series_id="INTL.2-12-DEU-TJ.A", units="terajoules", data=[["2024", 1.5]]),
        dict(first, series_id="INTL.28-12-DEU-BKWH.A", name="Fossil fuels electricity net generation, Germany, Annual"),
    ]
    assert parse(BULK, text_of([*lines, *other])).frame.equals(parse(BULK, text_of(lines)).frame)


def test_pages_that_are_missing_or_told_twice_are_refused() -> None:
    pages = api.files(good_rows())
    first, second, *_ = sorted(pages)
    assert len(pages) > 2
    without = {name: page for name, page in pages.items() if name != second}
    for wrong in (without, pages | {second: pages[first]}):
        with pytest.raises(ParseError, match="page is missing"):
            parse(API, wrong)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            b'{"error": {"code": "API_KEY_INVALID", "message": "An invalid api_key was supplied."}}',
            "An invalid api_key",
        ),
        (b'{"error": "invalid route", "code": 404}', "invalid route"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"response": {"total": "0", "data": []}}', "a page is missing"),
    ],
)
def test_an_error_is_told_in_its_words(content: bytes, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        parse(API, {"0000-international.json": content})
