"""Parser of the answer of Wikidata's query service: one row per item."""

import json
import re
from collections.abc import Mapping
from typing import Any

import polars as pl

POINT = re.compile(r"Point\((?P<longitude>[-+.\dEe]+) (?P<latitude>[-+.\dEe]+)\)")
# A value that is known to exist and not known itself is given as a node without a date.
DATE = re.compile(r"(?P<year>\d{4})-\d{2}-\d{2}T.*")
VARIABLES = ["item", "name", "countries", "position", "inception", "ended", "operators", "owners", "power"]
WATTS_PER_MW = 1e6


def _refused(content: bytes) -> ValueError:
    """Return the words of a query service that broke off: a stack trace, after part of an answer or alone."""
    text = content.decode(errors="replace")
    words = re.search(r"[\w.]+(?:Exception|Error)\b[^\n]{0,120}", text)
    return ValueError(f"the query service broke off: {words[0]}" if words else "the answer is no whole JSON")


def _year(text: str | None) -> int | None:
    found = DATE.fullmatch(text) if text else None
    return int(found["year"]) if found else None


def _list(text: str | None) -> str | None:
    # The service gives them in any order.
    return "|".join(sorted(part for part in text.split("|") if part)) or None if text else None


def _row(binding: Mapping[str, Any]) -> dict[str, Any]:
    value = {name: binding[name]["value"] if name in binding else None for name in VARIABLES}
    position = POINT.fullmatch(value["position"]) if value["position"] else None
    return {
        "item_id": str(binding["item"]["value"]).rsplit("/", 1)[-1],
        "name": value["name"],
        "country_code": value["countries"] if value["countries"] and "|" not in value["countries"] else None,
        "latitude_deg": float(position["latitude"]) if position else None,
        "longitude_deg": float(position["longitude"]) if position else None,
        "inception_year": _year(value["inception"]),
        "end_year": _year(value["ended"]),
        "operator": _list(value["operators"]),
        "owner": _list(value["owners"]),
        "power_mw": float(value["power"]) / WATTS_PER_MW if value["power"] else None,
    }


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per item. Raises ValueError or LookupError where the service did not give a whole answer."""
    (content,) = files.values()
    try:
        answer = json.loads(content)
    except ValueError:
        raise _refused(content) from None
    if answer["head"]["vars"] != VARIABLES:
        raise ValueError(f"expected the variables {', '.join(VARIABLES)}, came {answer['head']['vars']}")
    rows = [_row(binding) for binding in answer["results"]["bindings"]]
    if not rows:
        raise ValueError("the answer holds no item")
    types = {"inception_year": pl.Int64, "end_year": pl.Int64, "power_mw": pl.Float64}
    return pl.DataFrame(rows, schema_overrides=types, infer_schema_length=None)
