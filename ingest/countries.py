"""The one place where a published country becomes an `iso3`: ISO 3166-1 alpha-3, plus XKX for Kosovo."""

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path

import polars as pl

from ingest.declaration import Country

GEC_TABLE = Path(__file__).with_name("gec_iso3.csv")
KOSOVO = "XKX"
# Everyday spellings that neither the standard nor its common names hold, shared by all sources.
# A spelling that only one publisher uses belongs to that source's declaration.
NAMES = {
    "bolivia": "BOL", "brunei": "BRN", "burma": "MMR", "cape verde": "CPV", "czech republic": "CZE",
    "democratic republic of the congo": "COD", "iran": "IRN", "ivory coast": "CIV", "kosovo": KOSOVO,
    "laos": "LAO", "macau": "MAC", "micronesia": "FSM", "moldova": "MDA", "north korea": "PRK", "palestine": "PSE",
    "republic of the congo": "COG", "russia": "RUS", "south korea": "KOR", "swaziland": "SWZ", "syria": "SYR",
    "taiwan": "TWN", "tanzania": "TZA", "turkey": "TUR", "united states": "USA", "venezuela": "VEN", "vietnam": "VNM",
}  # fmt: skip


@cache
def _tables() -> dict[str, dict[str, str]]:
    import pycountry

    countries = list(pycountry.countries)
    names = {
        getattr(country, kind).casefold(): country.alpha_3
        for kind in ("official_name", "common_name", "name")
        for country in countries
        if hasattr(country, kind)
    }
    with GEC_TABLE.open(encoding="utf-8") as table:
        gec = {row["gec"]: row["iso3"] for row in csv.DictReader(table)}
    return {
        "iso3": {country.alpha_3: country.alpha_3 for country in countries} | {KOSOVO: KOSOVO},
        "iso2": {country.alpha_2: country.alpha_3 for country in countries} | {"XK": KOSOVO},
        "gec": gec,
        # FIPS 10-4 is the older name of GEC.
        "fips": {code.upper(): iso3 for code, iso3 in gec.items()},
        "m49": {country.numeric: country.alpha_3 for country in countries},
        "name": names | NAMES,
    }


FOLD: dict[str, Callable[[str], str]] = {
    "iso3": str.upper, "iso2": str.upper, "gec": str.lower, "fips": str.upper, "name": str.casefold,
    # A number that was read as one has lost its zeros.
    "m49": lambda code: code.zfill(3),
}  # fmt: skip


def iso3_of(value: str, country: Country) -> str | None:
    """Return the iso3 of one published value, or None where it maps to no country."""
    if value in country.aliases:
        return country.aliases[value]
    if country.is_aggregate(value):
        return None
    return _tables()[country.code].get(FOLD[country.code](value.strip()))


def map_countries(frame: pl.DataFrame, country: Country) -> tuple[pl.DataFrame, list[str]]:
    """Add the column `iso3`; return the frame and the values that should have mapped and did not.

    Declared aggregates get a null `iso3`, and so do empty values where the declaration allows them.
    """
    values = frame[country.column].unique().sort()
    found = {value: iso3_of(value, country) for value in values if value}
    unmapped = [value for value, iso3 in found.items() if iso3 is None and not country.is_aggregate(value)]
    if not country.optional and any(not value for value in values):
        unmapped.append("(empty)")
    iso3 = pl.col(country.column).replace_strict(
        list(found), list(found.values()), default=None, return_dtype=pl.String
    )
    return frame.with_columns(iso3.alias("iso3")), unmapped
