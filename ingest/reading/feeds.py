"""RSS and Atom as publishers send them, through feedparser, without what could make them grow. Pure."""

import calendar
import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl

from ingest.reading.items import Item, items_frame

ENCODING = re.compile(rb"<\?xml[^>]*?\bencoding=[\"']([A-Za-z0-9._-]+)")
# Others can say the same in ways that nobody looks at before the parser does.
ENCODINGS = ("utf-8", "us-ascii", "iso-8859-1", "windows-1252")
PROLOG = re.compile(r"\ufeff?(?:\s|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
ROOT = re.compile(r"<(rss|feed|(?:\w+:)?RDF|\w+:feed)\b")


def read_feed(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per page that a feed lists, with the columns of `announcement_item`.

    Raises ValueError where the bytes are no feed, declare a document type, are cut short, or list items of which none
    has an address.
    """
    (content,) = files.values()
    _require_feed(content)
    import feedparser

    # A text could be taken for an address or the name of a file. What is shown is made plain by us.
    read = feedparser.parse(io.BytesIO(content), sanitize_html=False, resolve_relative_uris=False)
    found = items_frame(_items(read))
    if read.entries and found.is_empty():
        raise ValueError(f"expected items with addresses, came {len(read.entries)} without any")
    return found


def _require_feed(content: bytes) -> None:
    told = ENCODING.match(content.removeprefix(b"\xef\xbb\xbf").lstrip())
    encoding = told[1].decode().lower() if told else "utf-8"
    if encoding not in ENCODINGS:
        raise ValueError(f"expected a feed in {', '.join(ENCODINGS)}, came {encoding}")
    text = content.decode(encoding, errors="replace")
    start = PROLOG.match(text)
    begin = start.end() if start else 0
    # Without a document type there are no entities to grow.
    if text[begin : begin + 2] == "<!" or "\0" in text:
        raise ValueError("expected a feed without a document type, came another")
    root = ROOT.match(text, begin)
    if not root:
        raise ValueError(f"expected a feed, came {text[begin : begin + 60]!r}")
    if not re.search(rf"</{re.escape(root[1])}\s*>(?:\s|<!--.*?-->)*$", text[-2000:], re.DOTALL):
        raise ValueError("expected a whole feed, came one that was cut short")


def _items(read: Any) -> Iterator[Item]:
    for entry in read.entries:
        content = entry.get("content") or [{}]
        yield Item(
            url=_address(entry),
            title=entry.get("title"),
            summary=entry.get("summary") or content[0].get("value"),
            language=_language(entry) or read.feed.get("language"),
            published=_moment(entry.get("published_parsed") or entry.get("updated_parsed")),
        )


def _address(entry: Any) -> str:
    """Return where an item is; its identifier, where a publisher gives that as an address."""
    return entry.get("link") or entry.get("id") or ""


def _language(entry: Any) -> str | None:
    return entry.get("language") or (entry.get("title_detail") or {}).get("language")


def _moment(told: Any) -> datetime | None:
    """Return the moment feedparser made out, which is in UTC; None for one that no calendar has."""
    try:
        return datetime.fromtimestamp(calendar.timegm(told), UTC) if told else None
    except (ValueError, OverflowError, OSError):
        return None
