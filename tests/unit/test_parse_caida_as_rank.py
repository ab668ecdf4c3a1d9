"""Networks of AS Rank, page by page."""

import json
from typing import Any

import pytest

from ingest.declaration import get_declaration
from ingest.errors import ParseError
from ingest.parsing import parse

SOURCE = get_declaration("caida_as_rank")


def page(*nodes: dict[str, Any]) -> bytes:
    return json.dumps({"data": {"asns": {"edges": [{"node": node} for node in nodes]}}}).encode()


def node(asn: str, **changed: Any) -> dict[str, Any]:
    cone = {"numberAsns": 1, "numberPrefixes": 2, "numberAddresses": 512}
    known = {"asn": asn, "asnName": "A", "rank": 7, "organization": {"orgName": "B"}, "country": {"iso": "NA"},
             "cone": cone, "asnDegree": {"provider": 1, "peer": 2, "customer": 0}}  # fmt: skip
    return known | changed


def test_pages_are_read_in_their_order_and_na_is_namibia() -> None:
    files = {"0001-asns.json": page(node("3")), "0000-asns.json": page(node("1"), node("2")), "0002-asns.json": page()}
    frame = parse(SOURCE, files).frame
    assert frame["asn"].to_list() == [1, 2, 3]
    assert frame["country_code"].to_list() == ["NA"] * 3


def test_a_network_of_no_organisation_and_no_country() -> None:
    (found,) = parse(SOURCE, {"x": page(node("1", organization=None, country=None, asnDegree=None))}).frame.to_dicts()
    assert (found["org_name"], found["country_code"], found["n_peers"]) == (None, None, None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"errors": [{"message": "too many rows"}], "data": null}', "too many rows"),
        (b'{"data": {"asns": {"edges": []}}}', "no network"),
        (b'{"data": null}', "came another"),
        (b"[]", "came another"),
        (b'{"data": {"asns": {"edges": [{"node": {}}]}}}', "came another"),
        (b'{"data"', "came another"),
    ],
)
def test_another_answer_is_told(content: bytes, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        parse(SOURCE, {"asns.json": content})
