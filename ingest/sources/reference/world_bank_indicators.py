"""Parser of the World Bank's indicators: one answer `[meta, rows]` per indicator, a row per country and year."""

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from ingest.reading.country_years import CountryYears

INDICATORS = {
    "population": "SP.POP.TOTL",
    "gdp_usd": "NY.GDP.MKTP.CD",
    "gdp_ppp_usd": "NY.GDP.MKTP.PP.CD",
    "electricity_access_pct": "EG.ELC.ACCS.ZS",
    "electricity_use_kwh_per_person": "EG.USE.ELEC.KH.PC",
    "grid_losses_pct": "EG.ELC.LOSS.ZS",
    "internet_users_pct": "IT.NET.USER.ZS",
}


def _rows(figure: str, content: bytes) -> list[dict[str, Any]]:
    """Return the rows of one answer, once they are known to be all there are."""
    # Some answers begin with a byte order mark.
    answer = json.loads(content.decode("utf-8-sig"))
    if not isinstance(answer, list) or not answer or not isinstance(answer[0], dict):
        raise ValueError(f"{figure}: expected [meta, rows], came other JSON")
    if "message" in answer[0]:
        words = "; ".join(str(told.get("value") or told.get("key")) for told in answer[0]["message"])
        raise ValueError(f"{figure}: the World Bank answers {words!r}")
    if len(answer) != 2 or not isinstance(answer[1], list):
        raise ValueError(f"{figure}: expected [meta, rows], came no rows")
    meta, rows = answer
    if int(meta["pages"]) != 1 or int(meta["total"]) != len(rows):
        raise ValueError(
            f"{figure}: expected one page of {meta['total']} rows, came {len(rows)} rows of {meta['pages']} pages"
        )
    if other := {row["indicator"]["id"] for row in rows} - {INDICATORS[figure]}:
        raise ValueError(f"{figure}: expected {INDICATORS[figure]}, came {', '.join(sorted(other))}")
    return rows


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per country or group and year with any figure; `country_code` is the group's where it has one."""
    table = CountryYears(list(INDICATORS))
    for name, content in files.items():
        figure = PurePosixPath(name).stem
        for row in _rows(figure, content):
            country, year, value = row["country"], row["date"], row["value"]
            # Some groups have no three letters, and their two characters stand for them.
            code = row["countryiso3code"] or country["id"]
            table.put(
                code or None, country["value"], int(year) if year else None, figure,
                None if value is None else float(value),
            )  # fmt: skip
    return table.frame()
