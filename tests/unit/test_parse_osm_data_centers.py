"""What the tags of a data center on the map tell, and what an answer that is an error does."""

import json
from typing import Any

import pytest

from ingest.declaration import get_declaration
from ingest.errors import ParseError
from ingest.parsing import parse

SOURCE = get_declaration("osm_data_centers")


def row_of(element: dict[str, Any]) -> dict[str, Any]:
    content = json.dumps({"elements": [element]}).encode()
    (row,) = parse(SOURCE, {"data_centers.json": content}).frame.rows(named=True)
    return row


def tagged(**tags: str) -> dict[str, Any]:
    named = {key.replace("__", ":"): value for key, value in tags.items()}
    return row_of({"type": "way", "id": 5, "center": {"lat": 50.11, "lon": 8.68}, "tags": named})


def test_a_node_has_its_own_position_and_an_outline_that_of_its_middle() -> None:
    node = row_of({"type": "node", "id": 1, "lat": 22.28, "lon": 114.16, "tags": {"telecom": "data_center"}})
    assert (node["country_code"], node["latitude_deg"], node["is_building"]) == ("HKG", 22.28, False)
    way = tagged(telecom="data_center", building="industrial")
    assert (way["country_code"], way["longitude_deg"], way["is_building"]) == ("DEU", 8.68, True)


def test_an_element_without_a_position_has_no_country() -> None:
    row = row_of({"type": "relation", "id": 1, "tags": {"telecom": "data_center"}})
    assert (row["latitude_deg"], row["country_code"]) == (None, None)


@pytest.mark.parametrize(
    ("tags", "state"),
    [
        ({"telecom": "data_center"}, "present"),
        ({"building": "data_center"}, "present"),
        ({"construction__telecom": "data_center"}, "construction"),
        ({"building": "construction", "construction": "data_center"}, "construction"),
        ({"landuse": "construction", "telecom": "data_center"}, "construction"),
        ({"proposed__telecom": "data_center"}, "proposed"),
        ({"planned__building": "data_center", "landuse": "construction"}, "proposed"),
        ({"building": "data_center", "disused__telecom": "data_center"}, "disused"),
        ({"telecom": "data_center", "abandoned": "yes"}, "disused"),
        ({"telecom": "data_center", "construction": "no"}, "present"),
    ],
)
def test_the_state_is_told_by_tags(tags: dict[str, str], state: str) -> None:
    assert tagged(**tags)["lifecycle"] == state


@pytest.mark.parametrize(
    ("tags", "power"),
    [
        ({"data_center__input": "50 MW"}, 50.0),
        ({"data_center__total_power": "800 kW"}, 0.8),
        ({"data_center__input": "1.2GW"}, 1200.0),
        ({"data_center__input": "50"}, None),
        ({"data_center__input": "yes"}, None),
        ({"data_center__load": "30 MW"}, None),
        ({}, None),
    ],
)
def test_power_is_told_only_with_its_unit(tags: dict[str, str], power: float | None) -> None:
    assert tagged(**tags)["power_mw"] == power


def test_an_error_within_a_good_answer_is_told_in_its_words() -> None:
    answer = {"elements": [], "remark": "runtime error: Query timed out"}
    with pytest.raises(ParseError, match="Overpass says: runtime error: Query timed out"):
        parse(SOURCE, {"data_centers.json": json.dumps(answer).encode()})


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000, b"[]", b"7", b"null", b'{"elements": 7}', b'{"elements": [7]}', b'{"elements": [{}]}',
        b'{"elements": [{"type": "node", "id": 1, "tags": 5}]}',
        b'{"elements": [{"type": "node", "id": 99999999999999999999999, "lat": 1, "lon": 2, "tags": {}}]}',
        b'{"elements": [{"type": "node", "id": 1, "lat": "x", "lon": 2, "tags": {}}]}',
        b'{"elements": [{"type": "way", "id": 1, "center": 5, "tags": {"data_center:input": 5}}]}',
    ],
)  # fmt: skip
def test_garbage_is_no_map(content: bytes) -> None:
    with pytest.raises(ParseError, match="expected"):
        parse(SOURCE, {"data_centers.json": content})
