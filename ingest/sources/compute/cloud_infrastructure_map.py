"""Parser of the Cloud Infrastructure Map: one object per provider, regions by code and those without one in a list."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

COLUMNS: dict[str, Any] = {
    "provider": pl.String, "region_name": pl.String, "region_code": pl.String, "metro_area": pl.String,
    "country_name": pl.String, "is_in_service": pl.Boolean, "n_zones": pl.String, "latitude_deg": pl.String,
    "longitude_deg": pl.String,
}  # fmt: skip


def _row(provider: str, code: str | None, region: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "provider": provider, "region_name": region["name"], "region_code": code, "metro_area": region["metro_area"],
        "country_name": region["country"], "is_in_service": region["in_service"], "n_zones": region["zones"],
        "latitude_deg": region["latitude"], "longitude_deg": region["longitude"],
    }  # fmt: skip


def _rows(answer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for provider, published in answer.items():
        for code, region in published["cloud_regions"].items():
            yield _row(provider, code, region)
        for region in published["_unresolved"]:
            yield _row(provider, region["cloud_region"], region)


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per region, columns named as declared; numbers are text, as published."""
    (content,) = files.values()
    try:
        answer = json.loads(content)
    except RecursionError:
        raise ValueError("the answer is nested deeper than any list of regions") from None
    return pl.DataFrame(list(_rows(answer)), schema=COLUMNS, strict=True)
