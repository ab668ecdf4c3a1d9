"""Parser of TeleGeography's cloud map: regions of all providers, told place by place.

The whole map is a list of places, each with its providers. What the map answers for single providers, put together by
provider (`aws`, `gcp`, `azure`), is read as well: that is how copies of it are passed on.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

PROVIDERS = {"aws": "Amazon Web Services", "gcp": "Google Cloud", "azure": "Microsoft Azure"}
# The map puts them under China; they are places of their own here.
OWN_NAME = {"Hong Kong", "Macau"}
POSITION = ("latitude", "longitude")


def _text(value: Any) -> Any:
    # Names and codes come with stray spaces.
    return value.strip() or None if isinstance(value, str) else value


def _region(place: dict[str, Any], region: dict[str, Any], provider: Any, name: Any) -> dict[str, Any]:
    metro, country, code = (_text(place["metro_area"]), _text(place["country"]), _text(region["cloud_region"]))
    return {
        "provider": _text(provider),
        # An announced region has no code yet.
        "region_id": code or _text(name),
        "region_name": _text(name),
        "metro_area": metro,
        "country_name": metro if country == "China" and metro in OWN_NAME else country,
        "in_service": region["in_service"],
        "n_zones": region["zones"],
        "latitude_deg": place["latitude"],
        "longitude_deg": place["longitude"],
    }


def _of_map(places: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for place in places:
        for region in place["cloud_service_providers"]:
            yield _region(place, region, region["name"], region["cloud_region_name"])


def _of_providers(providers: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key, listed in providers.items():
        coded = [{**region, "cloud_region": code} for code, region in listed["cloud_regions"].items()]
        for region in [*coded, *listed.get("_unresolved", [])]:
            yield _region(region, region, PROVIDERS.get(key, key), region["name"])


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per provider and region. Raises ValueError or LookupError where the file is no such map.

    A metropolitan area that has several positions repeats all its regions at each: they become one row, with the first
    position and the number of them. Rows that differ in anything else stay apart.
    """
    (content,) = files.values()
    top = json.loads(content)
    rows = list(_of_map(top["cloud_regions"]) if "cloud_regions" in top else _of_providers(top))
    if not rows:
        raise ValueError("the map holds no region")
    merged: dict[str, dict[str, Any]] = {}
    positions: dict[str, set[tuple[Any, Any]]] = {}
    for row in rows:
        same = repr([value for name, value in row.items() if name.removesuffix("_deg") not in POSITION])
        merged.setdefault(same, row)
        positions.setdefault(same, set()).add((row["latitude_deg"], row["longitude_deg"]))
    found = [{**row, "n_positions": len(positions[same])} for same, row in merged.items()]
    return pl.DataFrame(found, infer_schema_length=None)
