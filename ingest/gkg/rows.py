"""From the inflated bytes of a file to its relevant rows. Pure.

Cutting every row into columns would cost most of another inflating. So the bytes are searched as they are, in pieces
that stay in the processor's cache, and only rows in which something was found are cut and judged column by column.
"""

import html
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ingest.gkg.lexicon import Lexicon

N_COLUMNS = 27
URL, THEMES, PLACES, ORGANISATIONS, TONE, TRANSLATION, EXTRAS = 4, 7, 9, 13, 15, 25, 26
TITLE_START, TITLE_END = b"<PAGE_TITLE>", b"</PAGE_TITLE>"
ROW_MAX_BYTES = 8 * 2**20


@dataclass(frozen=True)
class Row:
    """A relevant row. Of themes and organisations it has those that were met; the rest is as published, entities too.

    `translated_from` is the code of the language GDELT translated the article from, three letters; None: English.
    """

    url: str
    title: str | None
    translated_from: str | None
    themes: list[str]
    organisations: list[str]
    places: str
    tone: str


@dataclass(frozen=True)
class Rows:
    """Relevant rows of a file in their order, and how many rows it has. A malformed one has not 27 columns."""

    relevant: list[Row]
    n_rows: int
    n_malformed: int


def read(pieces: Iterable[bytes], lexicon: Lexicon) -> Rows:
    """Return the relevant rows of a file that is given in pieces of any size.

    Bytes that are no UTF-8 become U+FFFD. Raises ValueError where a row has no end within 8 MB.
    """
    relevant: list[Row] = []
    n_rows = n_malformed = 0
    for block in _whole_rows(pieces):
        ends, candidates = _search(block, lexicon)
        n_rows += len(ends)
        n_malformed += _count_malformed(block, ends)
        for number in candidates:
            start = ends[number - 1] + 1 if number else 0
            row = _judge(block[start : ends[number]].split(b"\t"), lexicon)
            if row:
                relevant.append(row)
    return Rows(relevant, n_rows, n_malformed)


def _whole_rows(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes cut after newlines; the last row gets one where it has none."""
    begun = b""
    for piece in pieces:
        end = piece.rfind(b"\n") + 1
        if end:
            yield b"".join((begun, memoryview(piece)[:end]))
            begun = piece[end:]
        else:
            begun += piece
        if len(begun) > ROW_MAX_BYTES:
            raise ValueError(f"expected rows of at most {ROW_MAX_BYTES:,} bytes, came one without an end")
    if begun:
        yield begun + b"\n"


@cache
def _marks() -> Any:
    from ahocorasick_rs import BytesAhoCorasick, MatchKind

    return BytesAhoCorasick([b"\n", TITLE_START], matchkind=MatchKind.LeftmostFirst)


def _search(block: bytes, lexicon: Lexicon) -> tuple[list[int], list[int]]:
    """Return where each row of a block ends, and the numbers of the rows in which a cue may stand, in their order."""
    ends: list[int] = []
    titles: list[bytes] = []
    rows_of_titles: list[int] = []
    title = -1
    for mark, start, end in _marks().find_matches_as_indexes(block):
        if mark:
            title = end if title < 0 else title
            continue
        if title >= 0:
            titles.append(block[title:start])
            rows_of_titles.append(len(ends))
            title = -1
        ends.append(start)
    found = {rows_of_titles[number] for number in lexicon.among_titles(titles)}
    found.update(bisect_left(ends, position) for position in lexicon.names_in(block))
    return ends, sorted(found)


def _count_malformed(block: bytes, ends: list[int]) -> int:
    """Return how many rows have not 26 tabs."""
    tabs = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\t"))
    return int(np.count_nonzero(np.diff(np.searchsorted(tabs, ends), prepend=0) != N_COLUMNS - 1))


def _judge(cells: list[bytes], lexicon: Lexicon) -> Row | None:
    """Return a row whose title, organisations or themes hold a cue."""
    if len(cells) != N_COLUMNS:
        return None
    url, themes, places, organisations, tone, translation, extras = (
        cells[column].decode(errors="replace")
        for column in (URL, THEMES, PLACES, ORGANISATIONS, TONE, TRANSLATION, EXTRAS)
    )
    title = title_of(extras)
    met_themes, met_organisations = lexicon.met_themes(themes), lexicon.met_organisations(organisations)
    if not (met_themes or met_organisations or (title and lexicon.meets_title(html.unescape(title)))):
        return None
    translated_from = translation.partition("srclc:")[2].partition(";")[0]
    return Row(url, title, translated_from or None, met_themes, met_organisations, places, tone)


def title_of(extras: str) -> str | None:
    """Return the title of a page from the column Extras, as published; None where there is none."""
    _, _, rest = extras.partition(TITLE_START.decode())
    return rest.partition(TITLE_END.decode())[0].strip() or None
