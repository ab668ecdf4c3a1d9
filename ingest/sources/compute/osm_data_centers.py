"""Parser of OpenStreetMap's data centers, as Overpass answers, with the country each position is in."""

import json
import re
from collections.abc import Mapping
from typing import Any

import polars as pl

from ingest.reading.borders import countries_at

DATA_CENTER = "data_center"
# Tags that name the whole facility's power, the newest proposal first.
POWER_TAGS = ("data_center:input", "data_center:total_power", "data_center:input:electricity")
POWER = re.compile(r"(\d+(?:\.\d+)?)\s*(kW|MW|GW)", re.IGNORECASE)
MEGAWATTS = {"kw": 0.001, "mw": 1.0, "gw": 1000.0}
# Which state tags tell of a whole facility; one that runs is tagged without any of them.
STATES = {
    "proposed": ("proposed", "planned"),
    "construction": ("construction",),
    "disused": ("disused", "abandoned", "demolished", "removed", "razed"),
}
SCHEMA: dict[str, Any] = {
    "osm_type": pl.String, "osm_id": pl.Int64, "name": pl.String, "operator": pl.String, "owner": pl.String,
    "lifecycle": pl.String, "is_building": pl.Boolean, "latitude_deg": pl.Float64, "longitude_deg": pl.Float64,
    "country_code": pl.String, "stated_country_code": pl.String, "city": pl.String, "power_mw": pl.Float64,
    "start_date": pl.String, "website": pl.String, "wikidata": pl.String,
}  # fmt: skip


def lifecycle(tags: Mapping[str, str]) -> str:
    """Return the state of an element: present, construction, proposed or disused.

    A tag of its own for a state, such as `construction:telecom`, goes before the plain one.
    """
    for state, prefixes in STATES.items():
        for prefix in prefixes:
            is_told = any(tags.get(f"{prefix}:{key}") == DATA_CENTER for key in ("telecom", "building"))
            is_building = tags.get("building") == prefix or tags.get("landuse") == prefix
            if is_told or is_building or tags.get(prefix) in ("yes", DATA_CENTER):
                return state
    return "present"


def megawatts(tags: Mapping[str, str]) -> float | None:
    """Return the stated power of the facility in megawatts; None where it is not stated with its unit."""
    for name in POWER_TAGS:
        if told := POWER.fullmatch(tags.get(name, "").strip()):
            return float(told[1]) * MEGAWATTS[told[2].lower()]
    return None


def _row(element: Mapping[str, Any]) -> dict[str, Any]:
    tags: Mapping[str, str] = element.get("tags", {})
    position = element if element["type"] == "node" else element.get("center", {})
    return {
        "osm_type": element["type"], "osm_id": element["id"], "name": tags.get("name"),
        "operator": tags.get("operator"), "owner": tags.get("owner"), "lifecycle": lifecycle(tags),
        "is_building": "building" in tags and tags["building"] != "no",
        "latitude_deg": position.get("lat"), "longitude_deg": position.get("lon"),
        "stated_country_code": tags.get("addr:country"), "city": tags.get("addr:city"), "power_mw": megawatts(tags),
        "start_date": tags.get("start_date"), "website": tags.get("website"), "wikidata": tags.get("wikidata"),
    }  # fmt: skip


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per element, columns named as declared.

    Raises ValueError with the publisher's words where the answer carries an error: it answers 200 then, with no
    elements or some of them.
    """
    (content,) = files.values()
    answer = json.loads(content)
    if remark := answer.get("remark"):
        raise ValueError(f"Overpass says: {remark}")
    rows = [_row(element) for element in answer["elements"]]
    frame = pl.DataFrame(rows, schema={name: kind for name, kind in SCHEMA.items() if name != "country_code"})
    found = countries_at(frame["longitude_deg"], frame["latitude_deg"])
    return frame.with_columns(pl.Series("country_code", found, pl.String)).select(list(SCHEMA))
