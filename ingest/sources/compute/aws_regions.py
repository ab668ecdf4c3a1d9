"""Parser of Amazon's list of locations: which are regions, and the place each label names."""

import json
import re
from collections.abc import Mapping
from typing import Any

import polars as pl

# A code with more parts is a zone that hangs on a region, whatever type the list gives it.
REGION_CODE = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+")
# Labels that begin so name a city or a country only afterwards.
WIDE = {"Africa", "Asia Pacific", "EU", "Europe", "Middle East", "South America"}
LABEL = re.compile(r"(?P<head>[^(]+?) (?:\((?P<inner>[^)]+)\))?(?: - (?P<city>.+))?")


def is_region(kind: Any, code: Any) -> bool:
    """Return whether a location is a region of its own, not a Local Zone or Wavelength Zone of another."""
    return kind == "AWS Region" and isinstance(code, str) and REGION_CODE.fullmatch(code) is not None


def place_of(label: Any) -> str | None:
    """Return the country a label names, or its city where it names only a part of the world.

    `Oman (Muscat)` is in Oman, `Europe (Paris)` in Paris, and `Europe (Vodafone) - Berlin` in Berlin.
    """
    if not isinstance(label, str):
        return None
    found = LABEL.fullmatch(label.strip())
    if found is None or found["head"] not in WIDE:
        return found["head"] if found else label.strip()
    return found["city"] or found["inner"]


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per location, columns as published, with `is_region` and `place_name`."""
    (content,) = files.values()
    rows = [
        {**location, "is_region": is_region(location.get("type"), location.get("code")),
         "place_name": place_of(location.get("label")) or place_of(location.get("name"))}
        for location in json.loads(content).values()
    ]  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)
