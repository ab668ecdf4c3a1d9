"""Parser of documents of the Federal Register, as its search answers in JSON."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from ingest.reading.items import Item, items_frame


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per document. Raises ValueError where the answer tells an error or is no list of documents."""
    (content,) = files.values()
    answer = json.loads(content)
    if "count" not in answer:
        raise ValueError(f"expected documents, the Federal Register answers {str(answer)[:150]!r}")
    # Where nothing was found the list is left out.
    return items_frame(_item(document) for document in answer.get("results", []))


def _item(document: Mapping[str, Any]) -> Item:
    day = document.get("publication_date")
    return Item(
        url=document.get("html_url") or "",
        title=document.get("title"),
        summary=document.get("abstract"),
        language="en",
        published=date.fromisoformat(day) if day else None,
    )
