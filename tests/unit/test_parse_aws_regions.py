"""What Amazon's labels and codes tell."""

import json

import pytest

from ingest.countries import iso3_of
from ingest.declaration import get_declaration
from ingest.parsing import _load_parser, parse

SOURCE = get_declaration("aws_regions")
PARSER = _load_parser(SOURCE)


@pytest.mark.parametrize(
    ("label", "iso3"),
    [
        ("Africa (Cape Town)", "ZAF"), ("Asia Pacific (Hong Kong)", "HKG"), ("Asia Pacific (Taipei)", "TWN"),
        ("Asia Pacific (New Zealand)", "NZL"), ("Asia Pacific (Thailand)", "THA"), ("Canada (Central)", "CAN"),
        ("Canada West (Calgary)", "CAN"), ("Europe (Spain)", "ESP"), ("Israel (Tel Aviv)", "ISR"),
        ("Middle East (UAE)", "ARE"), ("Mexico (Central)", "MEX"), ("México (Querétaro)", "MEX"),
        ("AWS GovCloud (US-West)", "USA"), ("US East (N. Virginia)", "USA"), ("Taiwan (Taipei)", "TWN"),
        ("US East (Verizon) - Boston", "USA"), ("Europe (British Telecom) - Manchester", "GBR"),
        ("Asia Pacific (SKT) - Daejeon", "KOR"), ("Canada (BELL) - Toronto", "CAN"), ("Senegal (Dakar)", "SEN"),
        ("South America (Sao Paulo)", "BRA"), ("Europe (Nowhere)", None), ("Atlantis", None),
        ("AWS European Sovereign Cloud (X)", None),
    ],
)  # fmt: skip
def test_a_label_tells_its_country_or_none(label: str, iso3: str | None) -> None:
    assert SOURCE.country is not None
    assert iso3_of(PARSER.place_of(label), SOURCE.country) == iso3


@pytest.mark.parametrize(
    ("kind", "code", "is_region"),
    [
        ("AWS Region", "us-east-1", True),
        ("AWS Region", "us-gov-west-1", True),
        ("AWS Region", "eusc-de-east-1", True),
        ("AWS Region", "us-east-2-mci-1", False),
        ("AWS Local Zone", "us-east-1", False),
        ("AWS Wavelength Zone", "us-east-1-wl1", False),
        ("AWS Region", None, False),
    ],
)
def test_a_zone_is_no_region(kind: str, code: str | None, is_region: bool) -> None:
    assert PARSER.is_region(kind, code) is is_region


def test_a_place_that_is_no_text_is_unknown() -> None:
    content = json.dumps({"x": {"name": 7, "code": "us-east-1", "type": "AWS Region", "label": 1.5}}).encode()
    parsed = parse(SOURCE, {"locations.json": content})
    assert parsed.frame["place_name"].to_list() == [None]
    assert "label" in parsed.untyped
