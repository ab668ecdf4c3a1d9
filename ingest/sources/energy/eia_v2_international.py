"""Parser of EIA's API: pages of one figure a record, for a place, a year and an activity."""

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from ingest.reading.country_years import CountryYears
from ingest.reading.eia import read_figure

# Activities of electricity by the end of their names, with the unit and our column: "Net imports" is none of them.
ACTIVITIES = {
    "generation": ("BKWH", "generation_twh"),
    "consumption": ("BKWH", "consumption_twh"),
    "imports": ("BKWH", "imports_twh"),
    "exports": ("BKWH", "exports_twh"),
    "losses": ("BKWH", "losses_twh"),
    "capacity": ("MK", "capacity_gw"),
}
FIGURES = [column for _, column in ACTIVITIES.values()]


def _page(content: bytes) -> tuple[int, list[dict[str, Any]]]:
    """Return how many records there are in all, and those of one page."""
    answer = json.loads(content)
    if "response" not in answer:
        raise ValueError(f"expected a response, EIA answers {str(answer.get('error', answer))[:200]!r}")
    return int(answer["response"]["total"]), answer["response"]["data"]


def _column(record: Mapping[str, Any]) -> str | None:
    """Return the column a record's figure belongs to; None for an activity or a unit that has none."""
    activity = record["activityName"].casefold()
    if activity.startswith("net imports"):
        return None
    unit, column = ACTIVITIES.get(activity.split()[-1], (None, None))
    return column if record["unit"] == unit else None


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per place and year with any figure. Raises ValueError where pages are missing."""
    pages = [_page(content) for _, content in sorted(files.items())]
    records = [record for _, page in pages for record in page]
    totals = {total for total, page in pages if page}
    if totals != {len(records)}:
        raise ValueError(f"expected {sorted(totals)} records, came {len(records)}: a page is missing or told twice")
    table = CountryYears(FIGURES)
    found = set()
    for record in records:
        if column := _column(record):
            found.add(column)
            code, name, year = record["countryRegionId"], record["countryRegionName"], record["period"]
            table.put(code, name, int(year) if year else None, column, read_figure(record["value"]))
    if lacking := [column for column in FIGURES if column not in found]:
        raise ValueError(f"no record of {', '.join(lacking)}: expected activities {', '.join(ACTIVITIES)}")
    return table.frame()
