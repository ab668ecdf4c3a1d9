"""Parser of the regions on Microsoft's data center map."""

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

# Geographies that are parts of the world: there the location names the country or the city.
WIDE = {"asiapacific", "europe"}
# Given as numbers and truth values, or as an empty text where unknown; types are the declaration's business.
NO_TEXT = {"latitude", "longitude", "yearOpen", "isOpen"}


def place_of(region: Mapping[str, Any]) -> str | None:
    """Return the geography a region is in, or its location where the geography is a part of the world."""
    geography = region.get("geographyId")
    if not isinstance(geography, str):
        return None
    if geography.lower() not in WIDE:
        return geography
    location = region.get("location")
    return location if isinstance(location, str) else None


def _text(value: Any) -> str | None:
    return json.dumps(value) if isinstance(value, bool) else None if value is None else str(value)


def _cell(name: str, value: Any) -> Any:
    if name in NO_TEXT:
        return _text(value)
    # Lists name other things of the map, which nobody reads.
    return None if isinstance(value, list | dict) else value


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per region, columns as published, with `place_name`."""
    (content,) = files.values()
    regions = json.loads(content)
    if not isinstance(regions, list):
        raise TypeError("expected a list of regions")
    rows = [
        {**{name: _cell(name, value) for name, value in region.items()}, "place_name": place_of(region)}
        for region in regions
    ]
    return pl.DataFrame(rows, infer_schema_length=None)
