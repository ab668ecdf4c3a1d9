"""Parser of a newsletter's archive as Substack gives it to its own pages: JSON lists of posts, page by page."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl

from ingest.reading.items import Item, items_frame


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per post of all pages. Raises ValueError where a page is no list of posts."""
    return items_frame(item for content in files.values() for item in _items(content))


def _items(content: bytes) -> Iterator[Item]:
    posts = json.loads(content)
    if not isinstance(posts, list) or not all(isinstance(post, dict) for post in posts):
        raise TypeError(f"expected a list of posts, came {str(posts)[:100]!r}")
    for post in posts:
        yield Item(
            url=post.get("canonical_url") or "",
            title=post.get("title"),
            summary=post.get("description") or post.get("subtitle") or post.get("truncated_body_text"),
            published=_moment(post.get("post_date")),
        )


def _moment(told: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(told)
    except (TypeError, ValueError):
        return None
    return found.replace(tzinfo=found.tzinfo or UTC)
