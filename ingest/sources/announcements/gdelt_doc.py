"""Parser of articles GDELT found, which repairs its JSON, its titles and its times."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl

from ingest.reading.items import Item, items_frame

# A backslash before anything else is one the titles brought along, or one too many before an apostrophe.
ESCAPE = re.compile(r"""\\(["\\/bfnrt]|u[0-9a-fA-F]{4})|\\(')|\\""")
SPACE_BEFORE = re.compile(r"\s+(?=[,.;:!?%)\]])")
SPACE_AFTER = re.compile(r"(?<=[(\[$€£])\s+")


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per article. Raises ValueError with GDELT's own words where it answers in plain text."""
    return items_frame(_item(article) for content in files.values() for article in _articles(content))


def _articles(content: bytes) -> list[Mapping[str, Any]]:
    text = content.decode("utf-8", errors="replace")
    if not text.lstrip().startswith("{"):
        raise ValueError(f"expected JSON, GDELT says {text.strip()[:150]!r}")
    repaired = ESCAPE.sub(lambda found: found[0] if found[1] else found[2] or r"\\", text)
    # Control characters stand in some titles as they are.
    return json.loads(repaired, strict=False).get("articles", [])


def _item(article: Mapping[str, Any]) -> Item:
    # `sourcecountry` is where the outlet is at home: it says nothing of a site, and is not read.
    return Item(
        url=article.get("url") or "",
        title=SPACE_AFTER.sub("", SPACE_BEFORE.sub("", article.get("title") or "")),
        language=article.get("language"),
        published=_moment(article.get("seendate")),
    )


def _moment(told: Any) -> datetime | None:
    try:
        return datetime.strptime(told, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except (TypeError, ValueError):
        return None
