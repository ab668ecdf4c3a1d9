"""Parser of a day of GDELT's Global Knowledge Graph: what was kept of its files, to news items."""

from collections.abc import Mapping
from datetime import UTC
from functools import cache
from typing import Any

import polars as pl

from ingest.countries import iso3_of
from ingest.declaration import Country
from ingest.gkg.listing import moment_of
from ingest.gkg.records import from_bytes
from ingest.gkg.rows import Row
from ingest.reading.items import Item, items_frame
from ingest.reading.web_address import canonical

FIPS = Country(column="place", code="fips")
MORE = {"organisations": pl.String, "themes": pl.String, "location_iso3s": pl.String, "tone": pl.Float64,
        "gkg_file": pl.String}  # fmt: skip


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per article of a day. Raises ValueError where a record of a file was cut short."""
    records = [from_bytes(content) for name, content in sorted(files.items()) if name.endswith(".ndjson")]
    if not records:
        raise ValueError(f"expected records of GDELT's files, came {', '.join(files) or 'nothing'}")
    rows = sorted(((record.file.name, row) for record in records for row in record.rows), key=lambda seen: seen[0])
    frame = items_frame(_item(name, row) for name, row in rows)
    more: dict[str, dict[str, Any]] = {}
    for name, row in rows:
        if url := canonical(row.url):
            more.setdefault(url, {"url": url, **_more(name, row)})
    return frame.join(pl.DataFrame(list(more.values()), schema={"url": pl.String, **MORE}), on="url",
                      how="left", maintain_order="left")  # fmt: skip


def _item(name: str, row: Row) -> Item:
    language = _two_letters(row.translated_from) if row.translated_from else "en"
    return Item(row.url, row.title, language=language, published=moment_of(name).replace(tzinfo=UTC))


def _more(name: str, row: Row) -> dict[str, Any]:
    return {
        "organisations": ";".join(row.organisations) or None, "themes": ";".join(row.themes) or None,
        "location_iso3s": ";".join(sorted(_countries(row.places))) or None, "tone": _tone(row.tone), "gkg_file": name,
    }  # fmt: skip


def _countries(places: str) -> set[str]:
    """Return the countries of places such as `1#Australia#AS#AS#-25#135#AS;4#Perth, ...`, whose third part is FIPS."""
    codes = {parts[2] for parts in (place.split("#") for place in places.split(";")) if len(parts) > 2}
    return {iso3 for code in codes if (iso3 := iso3_of(code, FIPS))}


def _tone(told: str) -> float | None:
    """Return the first of the figures GDELT tells of the tone."""
    try:
        return float(told.partition(",")[0])
    except ValueError:
        return None


@cache
def _two_letters(code: str) -> str | None:
    import pycountry

    language = pycountry.languages.get(alpha_3=code)
    return getattr(language, "alpha_2", None)
