"""What the query service answers, whole, sparse or broken off."""

import json
from typing import Any

import pytest

from ingest.declaration import get_declaration
from ingest.errors import ParseError
from ingest.parsing import parse

SOURCE = get_declaration("wikidata_data_centers")
VARIABLES = ["item", "name", "countries", "position", "inception", "ended", "operators", "owners", "power"]


def row(**values: str) -> dict[str, Any]:
    binding = {name: {"type": "literal", "value": value} for name, value in values.items()}
    item = {"item": {"type": "uri", "value": "http://www.wikidata.org/entity/Q1"}}
    answer = {"head": {"vars": VARIABLES}, "results": {"bindings": [item | binding]}}
    (found,) = parse(SOURCE, {"sparql.json": json.dumps(answer).encode()}).frame.to_dicts()
    return found


def test_an_item_of_which_nothing_is_known() -> None:
    found = row(countries="", operators="", owners="")
    assert found.pop("item_id") == "Q1"
    assert set(found.values()) == {None}


def test_an_item_with_everything() -> None:
    found = row(
        name="A", countries="NA", position="Point(-77.5 39.0)", inception="2019-01-01T00:00:00Z",
        ended="2024-05-01T00:00:00Z", operators="B|A", owners="C", power="1.5E8",
    )  # fmt: skip
    assert found == {
        "item_id": "Q1", "name": "A", "country_code": "NA", "latitude_deg": 39.0, "longitude_deg": -77.5,
        "inception_year": 2019, "end_year": 2024, "operator": "A|B", "owner": "C", "power_mw": 150.0,
    }  # fmt: skip


def test_several_countries_are_no_country() -> None:
    assert row(countries="DE|FR")["country_code"] is None


@pytest.mark.parametrize("value", ["http://www.wikidata.org/.well-known/genid/0a", "t12345", "-0044-01-01T00:00:00Z"])
def test_an_unknown_date_is_unknown(value: str) -> None:
    assert row(inception=value)["inception_year"] is None


@pytest.mark.parametrize("value", ["<http://www.wikidata.org/entity/Q405> Point(1 2)", "genid", "Point(1)"])
def test_a_position_elsewhere_is_unknown(value: str) -> None:
    assert row(position=value)["latitude_deg"] is None


def test_a_timeout_is_told_in_the_words_of_the_service() -> None:
    content = b'{"head": {"vars": []}, "results": {"bindings": [\njava.util.concurrent.TimeoutException: 60000\n\tat x'
    with pytest.raises(ParseError, match="broke off: java.util.concurrent.TimeoutException"):
        parse(SOURCE, {"sparql.json": content})


@pytest.mark.parametrize("answer", [{}, [], {"head": {"vars": VARIABLES}, "results": {"bindings": []}}])
def test_another_answer_is_told(answer: Any) -> None:
    with pytest.raises(ParseError, match="came another"):
        parse(SOURCE, {"sparql.json": json.dumps(answer).encode()})
