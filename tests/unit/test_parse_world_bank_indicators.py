"""The World Bank's answers: whole or refused, its errors in its words, no figure where there is none."""

import json

import pytest

from ingest.declaration import get_declaration
from ingest.errors import ParseError
from ingest.parsing import parse
from ingest.transport_declaration import HttpTransport
from tests.fixtures.sources.world_bank_indicators import INDICATORS, answer, files, good_rows

DECLARATION = get_declaration("world_bank_indicators")
ROWS = good_rows()


def refused(content: bytes) -> str:
    with pytest.raises(ParseError) as told:
        parse(DECLARATION, files(ROWS) | {"population.json": content})
    return str(told.value)


def test_every_file_asks_for_the_indicator_of_its_column_and_for_years_to_come() -> None:
    transport = DECLARATION.transport
    assert isinstance(transport, HttpTransport)
    names = {column.name for column in DECLARATION.columns} - {"country_code", "country_name", "year"}
    assert {name.removesuffix(".json") for name in transport.files} == names == set(INDICATORS)
    for name, url in transport.files.items():
        assert f"/{INDICATORS[name.removesuffix('.json')]}?" in url
        # 300 countries and groups in each of 101 years would still come on one page.
        assert "date=2000:2100&per_page=32500" in url


@pytest.mark.parametrize(
    ("meta", "words"),
    [({"pages": 2, "total": 30_000}, "of 2 pages"), ({"total": len(ROWS) + 1}, f"came {len(ROWS)} rows")],
)
def test_a_list_that_goes_on_elsewhere_is_refused(meta: dict[str, int], words: str) -> None:
    assert words in refused(answer("population", ROWS, **meta))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            b'[{"message":[{"id":"120","key":"Invalid value","value":"The value is not valid"}]}]',
            "The value is not valid",
        ),
        (b'[{"page":0,"pages":0,"per_page":0,"total":0},null]', "came no rows"),
        (b"{}", "came other JSON"),
        (b"[]", "came other JSON"),
        (b"\xff\xfe", "UnicodeDecodeError"),
        (b"[" * 100_000, "nested too deep"),
        (answer("gdp_usd", ROWS), "expected SP.POP.TOTL, came NY.GDP.MKTP.CD"),
    ],
)
def test_what_is_no_list_of_the_indicator_is_refused(content: bytes, words: str) -> None:
    assert words in refused(content)


def test_no_value_is_no_figure_and_a_row_without_any_is_dropped() -> None:
    rows = [row | dict.fromkeys(INDICATORS) if row["country_code"] == "FRA" else row for row in ROWS]
    zero = [row | {"internet_users_pct": 0} if row["country_code"] == "DEU" else row for row in rows]
    frame = parse(DECLARATION, files(zero)).frame
    assert "FRA" not in frame["country_code"]
    of_germany = frame.filter(country_code="DEU").sort("year")
    assert of_germany["internet_users_pct"].to_list() == [0.0] * of_germany.height
    assert of_germany["grid_losses_pct"].is_null().to_list() == [False, False, False, False, True]


def test_a_group_without_three_letters_goes_by_its_two_characters() -> None:
    frame = parse(DECLARATION, files(ROWS)).frame
    assert frame.filter(country_code="XD")["country_name"].unique().to_list() == ["High income"]
    assert "" not in frame["country_code"]


def test_the_same_row_twice_is_one() -> None:
    content = json.loads(answer("population", ROWS).decode("utf-8-sig"))
    content[1].append(content[1][0])
    content[0]["total"] += 1
    twice = files(ROWS) | {"population.json": json.dumps(content).encode()}
    assert parse(DECLARATION, twice).frame.equals(parse(DECLARATION, files(ROWS)).frame)
