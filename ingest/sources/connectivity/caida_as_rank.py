"""Parser of CAIDA's AS Rank: pages of networks, the largest customer cones first."""

import json
from collections.abc import Mapping
from typing import Any

import polars as pl


def _page(content: bytes) -> list[dict[str, Any]]:
    """Return the networks of one page. Raises ValueError with the words of an error that came as an answer."""
    answer = json.loads(content)
    if errors := answer.get("errors"):
        raise ValueError(f"the service answered with errors: {json.dumps(errors)[:160]}")
    return [edge["node"] for edge in answer["data"]["asns"]["edges"]]


def _row(node: Mapping[str, Any]) -> dict[str, Any]:
    # A network may be of no known organisation or country.
    organization, country = node["organization"] or {}, node["country"] or {}
    cone, degree = node["cone"], node["asnDegree"] or {}
    return {
        "asn": node["asn"],
        "as_name": node["asnName"],
        "rank": node["rank"],
        "org_name": organization.get("orgName"),
        "country_code": country.get("iso"),
        "n_cone_asns": cone["numberAsns"],
        "n_cone_prefixes": cone["numberPrefixes"],
        "n_cone_addresses": cone["numberAddresses"],
        "n_providers": degree.get("provider"),
        "n_peers": degree.get("peer"),
        "n_customers": degree.get("customer"),
    }


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per network. Raises ValueError or LookupError where a page is none."""
    rows = [_row(node) for _, content in sorted(files.items()) for node in _page(content)]
    if not rows:
        raise ValueError("the list holds no network")
    return pl.DataFrame(rows, infer_schema_length=None)
