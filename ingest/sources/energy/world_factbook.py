"""Parser of The World Factbook's country profiles: one JSON file per country, figures as text with units."""

import html
import json
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from ingest.errors import ParseError

SCALE = {"": 1.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
FIGURE = re.compile(
    r"^\$?(?P<number>-?[\d,]*\.?\d+)\s*(?P<scale>thousand|million|billion|trillion)?\s*(?P<unit>kWh|kW)?"
    r"(?=\s*(?:\(|$|<)).*?(?:\((?:July )?(?P<year>(?:19|20)\d\d)\b|$)",
    re.DOTALL,
)
NO_FIGURE = re.compile(r"^(NA\b|no permanent|uninhabited|approximately|\(|<|$|0 \(?no)", re.IGNORECASE)
ELECTRICITY = {
    # column: (name in the profile, unit in the text, text units per column unit)
    "installed_capacity_gw": ("installed generating capacity", "kW", 1e6),
    "consumption_twh": ("consumption", "kWh", 1e9),
    "exports_twh": ("exports", "kWh", 1e9),
    "imports_twh": ("imports", "kWh", 1e9),
    "losses_twh": ("transmission/distribution losses", "kWh", 1e9),
}
SCHEMA = {
    "gec": pl.String, "country_name": pl.String, "population": pl.Int64, "population_year": pl.Int64,
    "gdp_usd": pl.Float64, "gdp_year": pl.Int64, **dict.fromkeys(ELECTRICITY, pl.Float64), "electricity_year": pl.Int64,
}  # fmt: skip


def _text(node: Any, *steps: str) -> str:
    for step in steps:
        node = node.get(step) if isinstance(node, dict) else None
    if isinstance(node, dict):
        node = node.get("text")
    return html.unescape(node).strip() if isinstance(node, str) else ""


def read_figure(text: str, unit: str | None) -> tuple[float | None, int | None]:
    """Return (value in plain units, year) of text such as "275.658 million kW (2023 est.)".

    Raises ParseError where there is a figure, but not in the unit asked for: a wrong scale is worse than none.
    """
    if NO_FIGURE.match(text):
        return None, None
    found = FIGURE.match(text)
    if not found or found["unit"] != unit:
        raise ParseError(
            f"expected a figure in {unit or 'plain numbers'} such as '1.5 million (2023 est.)', came {text[:80]!r}"
        )
    value = float(found["number"].replace(",", "")) * SCALE[found["scale"] or ""]
    return value, int(found["year"]) if found["year"] else None


def _profile(gec: str, profile: dict[str, Any]) -> dict[str, Any]:
    names = [_text(profile, "Government", "Country name", f"conventional {form} form") for form in ("short", "long")]
    population, population_year = read_figure(_text(profile, "People and Society", "Population", "total"), None)
    gdp, gdp_year = read_figure(_text(profile, "Economy", "GDP (official exchange rate)"), None)
    row: dict[str, Any] = {
        "gec": gec, "country_name": next((name for name in names if name not in ("", "none")), None),
        "population": None if population is None else int(population), "population_year": population_year,
        "gdp_usd": gdp, "gdp_year": gdp_year, "electricity_year": None,
    }  # fmt: skip
    found = {
        column: (*read_figure(_text(profile, "Energy", "Electricity", label), unit), scale)
        for column, (label, unit, scale) in ELECTRICITY.items()
    }
    row["electricity_year"] = found["consumption_twh"][1]
    for column, (value, year, scale) in found.items():
        # A figure of another year than consumption's would stand under a year it is not about.
        row[column] = None if value is None or year != row["electricity_year"] else value / scale
    return row


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per profile, the code of the profile being its file's name."""
    rows = [_profile(PurePosixPath(name).stem, json.loads(content)) for name, content in sorted(files.items())]
    return pl.DataFrame(rows, schema=SCHEMA)
