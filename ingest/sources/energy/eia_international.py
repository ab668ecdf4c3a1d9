"""Parser of EIA's bulk file: a line is a series with all its years, or a branch of the catalogue."""

import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from ingest.reading.country_years import CountryYears
from ingest.reading.eia import read_figure

# What a series of electricity (product 2) is called before the place and the frequency, its unit, and our column. A
# terawatt-hour is a billion kilowatt-hours, and a gigawatt a million kilowatts.
SERIES = {
    "Electricity net generation": ("billion kilowatthours", "generation_twh"),
    "Electricity net consumption": ("billion kilowatthours", "consumption_twh"),
    "Electricity imports": ("billion kilowatthours", "imports_twh"),
    "Electricity exports": ("billion kilowatthours", "exports_twh"),
    "Electricity distribution losses": ("billion kilowatthours", "losses_twh"),
    "Electricity installed capacity": ("million kilowatts", "capacity_gw"),
}
PRODUCT = b"INTL.2-"
YEARLY = re.compile(r"INTL\.2-\d+-(?P<place>[^-]+)-(?:BKWH|MK)\.A")
NAME = re.compile(r"(?P<what>.+?), (?P<place>.+), Annual")


def _object(line: bytes) -> dict[str, Any]:
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError(f"expected an object a line, came {line[:40]!r}")
    return found


def _series(content: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the place and the object of every yearly series of electricity. Raises ValueError for a file cut short."""
    line = b""
    for line in io.BytesIO(content):
        # The file has some 100,000 lines: only those that can be wanted are read as JSON.
        if PRODUCT in line:
            found = _object(line)
            if named := YEARLY.fullmatch(str(found.get("series_id"))):
                yield named["place"], found
    _object(line)


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per place and year with any figure, `country_code` being the place within the series' id."""
    (content,) = files.values()
    figures = [column for _, column in SERIES.values()]
    table = CountryYears(figures)
    found = set()
    for code, series in _series(content):
        named = NAME.fullmatch(series["name"])
        if not named or named["what"] not in SERIES:
            continue
        unit, column = SERIES[named["what"]]
        if series["units"] != unit:
            raise ValueError(f"{series['series_id']}: expected {unit}, came {series['units']}")
        found.add(column)
        for year, value in series["data"]:
            table.put(code, named["place"], int(year), column, read_figure(value))
    if lacking := [column for column in figures if column not in found]:
        raise ValueError(f"no series of {', '.join(lacking)}: expected {', '.join(SERIES)}")
    return table.frame()
