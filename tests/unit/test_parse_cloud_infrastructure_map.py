"""The cloud map in both of its shapes, and cities with several positions."""

import json
from typing import Any

import pytest

from ingest.declaration import get_declaration
from ingest.errors import ParseError
from ingest.parsing import parse

SOURCE = get_declaration("cloud_infrastructure_map")


def region(**changed: Any) -> dict[str, Any]:
    known = {"cloud_region_name": "Tokyo ", "in_service": True, "name": "Google Cloud", "zones": "3",
             "cloud_region": "asia-northeast1 "}  # fmt: skip
    return known | changed


def place(latitude: str, *regions: dict[str, Any], **changed: Any) -> dict[str, Any]:
    known = {"metro_area": "Tokyo", "country": "Japan", "latitude": latitude, "longitude": "139.7"}
    return known | changed | {"cloud_service_providers": list(regions)}


def rows(top: Any) -> list[dict[str, Any]]:
    return parse(SOURCE, {"all.js": json.dumps(top).encode()}).frame.to_dicts()


def test_a_city_with_two_positions_has_its_regions_once() -> None:
    (found,) = rows({"cloud_regions": [place("35.5", region()), place("35.8", region())]})
    assert (found["region_id"], found["region_name"]) == ("asia-northeast1", "Tokyo")
    assert (found["latitude_deg"], found["n_positions"], found["n_zones"]) == (35.5, 2, 3)


def test_what_differs_in_more_than_position_stays_apart() -> None:
    found = rows({"cloud_regions": [place("35.5", region()), place("35.8", region(in_service=False))]})
    assert [row["in_service"] for row in found] == [True, False]


def test_a_region_without_a_code_goes_by_its_name() -> None:
    (found,) = rows({"cloud_regions": [place("35.5", region(cloud_region=None, in_service=False))]})
    assert (found["region_id"], found["in_service"]) == ("Tokyo", False)


def test_hong_kong_is_no_part_of_china_here() -> None:
    places = [
        place("22.3", region(), metro_area="Hong Kong", country="China"),
        place("39.9", region(zones=None), metro_area="Beijing", country="China"),
    ]
    found = rows({"cloud_regions": places})
    assert [row["country_name"] for row in found] == ["Hong Kong", "China"]


def test_answers_for_single_providers_are_read_as_well() -> None:
    listed = {"metro_area": "Oslo", "country": "Norway", "latitude": "59.9", "longitude": "10.7", "zones": "3"}
    top = {
        "aws": {
            "_source": "x",
            "cloud_regions": {"eu-x-1": listed | {"name": "Europe (X)", "in_service": True}},
            "_unresolved": [listed | {"name": "Norway", "in_service": False, "cloud_region": None}],
        },
        "other": {"cloud_regions": {}},
    }
    found = rows(top)
    assert [(row["provider"], row["region_id"], row["in_service"]) for row in found] == [
        ("Amazon Web Services", "eu-x-1", True),
        ("Amazon Web Services", "Norway", False),
    ]


@pytest.mark.parametrize("top", [[], {}, {"cloud_regions": []}, {"error": "no"}, {"cloud_regions": [{"country": 1}]}])
def test_another_format_is_told(top: Any) -> None:
    with pytest.raises(ParseError, match="came another"):
        rows(top)
