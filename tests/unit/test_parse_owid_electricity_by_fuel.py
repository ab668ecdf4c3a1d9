"""The parser of electricity by fuel: what one file does not tell is null, and no file passes for another."""

import pytest

from ingest.declaration import get_declaration
from ingest.errors import ParseError
from ingest.parsing import parse
from tests.fixtures.sources.owid_electricity_by_fuel import files, good_rows

SOURCE = get_declaration("owid_electricity_by_fuel")


def test_what_one_file_lacks_is_null_and_a_published_zero_is_zero() -> None:
    rows = good_rows()[:40]
    rows[3] |= {"solar_twh": "", "coal_twh": 0}
    frame = parse(SOURCE, files(rows)).frame
    told = frame.filter(entity=rows[3]["entity"], year=rows[3]["year"]).row(0, named=True)
    assert (told["solar_twh"], told["coal_twh"], told["gas_twh"]) == (None, 0.0, rows[3]["gas_twh"])
    assert frame.height == 40


def test_an_entity_known_to_one_file_alone_has_a_row() -> None:
    rows = good_rows()[:6]
    alone = {f"{fuel}_twh": "" for fuel in ("coal", "gas", "oil", "nuclear", "hydro", "solar")}
    rows[5] |= alone
    frame = parse(SOURCE, files(rows)).frame
    told = frame.filter(entity=rows[5]["entity"], year=rows[5]["year"]).row(0, named=True)
    assert {told[name] for name in alone} == {None}
    assert told["wind_twh"] == rows[5]["wind_twh"]


def test_namibia_is_text() -> None:
    rows = [row | {"country_code": "NAM", "entity": "NA"} if row["entity"] == "Africa (EI)" else row
            for row in good_rows()[:10]]  # fmt: skip
    assert "NA" in parse(SOURCE, files(rows)).frame["entity"]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda found: found | {"electricity-gas.csv": found["electricity-oil.csv"]}, "electricity-gas.csv: expected"),
        (lambda found: found | {"electricity-oil.csv": b""}, "expected the declared parser"),
        (lambda found: found | {"electricity-oil.csv": b"Entity,Code,Year,Oil\nChad,TCD"}, "has 2 cells"),
        (lambda found: found | {"electricity-oil.csv": found["electricity-oil.csv"] * 2}, "expected"),
        (lambda found: {name: content for name, content in found.items() if "wind" not in name}, "electricity-wind"),
    ],
)
def test_another_file_is_named(spoil, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        parse(SOURCE, spoil(files(good_rows())))


def test_a_row_told_twice_is_named() -> None:
    rows = good_rows()
    with pytest.raises(ParseError, match="electricity-coal.csv: Country AFG 2018 stands there twice"):
        parse(SOURCE, files([*rows, rows[16]]))


def test_renamed_columns_are_named() -> None:
    with pytest.raises(ParseError, match="expected the columns Entity, Code, Year, Coal, came Entity, Code, Day"):
        parse(SOURCE, files(good_rows(), ("Entity", "Code", "Day")))
