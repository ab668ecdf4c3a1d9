"""Address ranges of cloud providers become counts a region."""

import json
from typing import Any

import pytest

from ingest.declaration import get_declaration
from ingest.errors import ParseError
from ingest.parsing import parse
from ingest.reading.ip_ranges import count


def rows(source_id: str, top: Any) -> list[dict[str, Any]]:
    return parse(get_declaration(source_id), {"list.json": json.dumps(top).encode()}).frame.to_dicts()


def test_an_address_in_two_prefixes_counts_once() -> None:
    assert count(["10.0.0.0/8", "10.1.0.0/16", "11.0.0.0/32", "2600::/32"]) == {
        "n_ipv4_prefixes": 3,
        "n_ipv6_prefixes": 1,
        "n_ipv4_addresses": 2**24 + 1,
    }
    assert count([])["n_ipv4_addresses"] == 0


def test_what_is_no_prefix_is_told() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        count(["nonsense"])


def test_prefixes_of_google_are_counted_by_scope() -> None:
    prefixes = [
        {"ipv4Prefix": "34.1.208.0/20", "service": "Google Cloud", "scope": "africa-south1"},
        {"ipv6Prefix": "2600:1900:8000::/44", "service": "Google Cloud", "scope": "africa-south1"},
        {"ipv6Prefix": "2600:1901::/48", "service": "Google Cloud", "scope": "global"},
    ]
    found = rows("gcp_regions", {"creationTime": "2026-09-30T14:02:11.10", "prefixes": prefixes})
    assert [(row["region_code"], row["n_ipv4_addresses"], row["n_ipv6_prefixes"]) for row in found] == [
        ("africa-south1", 4096, 1),
        ("global", 0, 1),
    ]
    assert str(found[0]["published_on"]) == "2026-09-30"


def test_services_of_oracle_are_no_rented_addresses() -> None:
    cidrs = [
        {"cidr": "129.146.0.0/21", "tags": ["OCI"]},
        {"cidr": "134.70.8.0/21", "tags": ["OSN", "OBJECT_STORAGE"]},
    ]
    (found,) = rows(
        "oracle_regions",
        {"last_updated_timestamp": "2026-08-25T08:06:24.590384", "regions": [{"region": "us-x-1", "cidrs": cidrs}]},
    )
    assert (found["n_ipv4_prefixes"], found["n_ipv4_addresses"]) == (1, 2048)


@pytest.mark.parametrize("source_id", ["gcp_regions", "oracle_regions"])
@pytest.mark.parametrize(
    "top",
    [
        [], {}, {"error": "no"},
        {"creationTime": "2026-09-30", "last_updated_timestamp": "2026-09-30", "prefixes": [], "regions": []},
        {"creationTime": "2026-09-30", "prefixes": [{"scope": "us-east1"}], "regions": [{"region": "us-x-1"}]},
        {"creationTime": "2026-09-30", "prefixes": [{"scope": None, "ipv4Prefix": "1.2.3.0/24"}], "regions": {}},
        {"creationTime": "2026-09-30", "prefixes": [{"scope": "us-east1", "ipv4Prefix": "1.2.3.4.5"}]},
    ],
)  # fmt: skip
def test_another_format_is_told(source_id: str, top: Any) -> None:
    with pytest.raises(ParseError, match="came another"):
        rows(source_id, top)
