"""From the items a publisher lists to the rows of `announcement_item`: one per page, with the facts it tells. Pure.

The text itself is read and not kept.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from html.parser import HTMLParser
from typing import Any

import polars as pl

from ingest.declaration import item_columns
from ingest.extraction import extract
from ingest.extraction.facts import columns_of
from ingest.parsing import DTYPES
from ingest.reading.web_address import canonical, item_id_of

MAX_CHARACTERS = 2000
# Markup around them: some feeds hold whole pages.
MAX_MARKUP = 20_000
# Earlier days are those of programs that had none to tell.
FIRST_YEAR = 1990
UNSEEN = ("script", "style")
SCHEMA = {column.name: DTYPES[column.type] for column in item_columns()}


@dataclass(frozen=True)
class Item:
    """What a publisher says of one page. `published` is a moment with its zone, or a day where only that is told."""

    url: str
    title: str | None = None
    summary: str | None = None
    language: str | None = None
    published: datetime | date | None = None


def items_frame(items: Iterable[Item]) -> pl.DataFrame:
    """Return one row per page, in the order of the items, with the columns of `announcement_item`.

    Items without an address are left out: nothing could be looked up. A page that is listed twice has the earliest
    date that is told of it, and else what its first item says.
    """
    found: dict[str, Item] = {}
    published: dict[str, list[datetime | date]] = {}
    for item in items:
        if url := canonical(item.url):
            found.setdefault(url, item)
            published.setdefault(url, []).extend([item.published] if item.published else [])
    rows = [_row(url, item, published[url]) for url, item in found.items()]
    return pl.DataFrame(rows, schema=SCHEMA)


def _row(url: str, item: Item, published: Iterable[datetime | date]) -> dict[str, Any]:
    title = plain_text(item.title or "") or None
    text = f"{title or ''}\n{plain_text(item.summary or '')[:MAX_CHARACTERS]}"
    proven = [one for one in map(_in_utc, published) if one.year >= FIRST_YEAR]
    first = min(proven, key=_day_and_moment, default=None)
    return {
        "item_id": item_id_of(url), "url": url, "title": title, "language": language_code(item.language or ""),
        "published_at": f"{first:%Y-%m-%dT%H:%M:%SZ}" if isinstance(first, datetime) else None,
        "published_on": first.date() if isinstance(first, datetime) else first,
        **_facts(text, url),
    }  # fmt: skip


# A vintage shows mostly what the one before showed, and newer rules read hundreds of them anew.
@lru_cache(maxsize=5000)
def _facts(text: str, url: str) -> dict[str, Any]:
    return columns_of(extract(text, url))


def _in_utc(published: datetime | date) -> datetime | date:
    if not isinstance(published, datetime):
        return published
    try:
        return published.astimezone(UTC)
    except OverflowError:  # the first and the last day there can be
        return published.replace(tzinfo=UTC)


def _day_and_moment(published: datetime | date) -> tuple[date, datetime]:
    """Return what puts days and moments in order: a moment comes before the day it is of."""
    if isinstance(published, datetime):
        return published.date(), published
    return published, datetime.max.replace(tzinfo=UTC)


class _Text(HTMLParser):
    """Collects what a browser would show."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.unseen += tag in UNSEEN
        self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in UNSEEN and self.unseen > 0
        self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.parts.append(data)


def plain_text(html: str) -> str:
    """Return text without markup, runs of white space as one space, halves of characters as question marks."""
    html = html[:MAX_MARKUP].encode(errors="replace").decode()
    if "<" in html or "&" in html:
        parser = _Text()
        parser.feed(html)
        parser.close()
        html = "".join(parser.parts)
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", html).strip()


@cache
def _languages() -> dict[str, str]:
    from babel import Locale

    names = {str(code): str(name) for code, name in Locale("en").languages.items() if len(str(code)) == 2}
    return {code: code for code in names} | {name.casefold(): code for code, name in names.items()}


def language_code(told: str) -> str | None:
    """Return the ISO 639-1 code of a language told as a code, a code with its country, or an English name."""
    folded = told.strip().casefold()
    return _languages().get(folded) or _languages().get(re.split(r"[-_]", folded)[0])
