"""Parser of filings found by the full-text search of EDGAR: JSON, page by page."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from ingest.reading.items import Item, items_frame

FILED = "https://www.sec.gov/Archives/edgar/data"
# "Oracle Corp  (ORCL)  (CIK 0001341439)"
NUMBER = re.compile(r"\s*\(CIK \d+\)\s*$")


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per document found. Raises ValueError or LookupError where a page is no answer of the search."""
    return items_frame(item for content in files.values() for item in _items(content))


def _items(content: bytes) -> Iterator[Item]:
    answer = json.loads(content)
    if "hits" not in answer:
        raise ValueError(f"expected hits, EDGAR answers {str(answer)[:150]!r}")
    for hit in answer["hits"]["hits"]:
        filing = hit["_source"]
        number, _, name = hit["_id"].partition(":")
        filer = str(int(filing["ciks"][0]))
        yield Item(
            url=f"{FILED}/{filer}/{number.replace('-', '')}/{name}",
            title=_title(filing),
            language="en",
            published=date.fromisoformat(day) if (day := filing.get("file_date")) else None,
        )


def _title(filing: Mapping[str, Any]) -> str:
    """Return who filed what: the search gives no text."""
    who = " and ".join(re.sub(r"\s+", " ", NUMBER.sub("", name)) for name in filing.get("display_names", []))
    what = filing.get("file_description") or filing.get("file_type")
    return ", ".join(part for part in (who, filing.get("form"), what) if part)
