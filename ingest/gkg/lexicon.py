"""Which rows are worth keeping: cues in titles, organisations and themes, from `lexicon.csv`. Pure.

It is broad on purpose. What a title says is judged later, and a row that is left out here is not seen again.
"""

import csv
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html.entities import codepoint2name
from itertools import accumulate
from pathlib import Path

TABLE = Path(__file__).with_name("lexicon.csv")


class Lexicon:
    """Cues by where they stand: in a title as a part of it, among organisations and themes as a whole name.

    Titles are met in any case, however their letters are written; names of organisations are in lower case.
    """

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        from ahocorasick_rs import BytesAhoCorasick, MatchKind

        cues: dict[str, list[str]] = {"title": [], "organisation": [], "theme": []}
        for row in rows:
            cues[row["where"]].append(row["cue"])
        self._titles = tuple(cues["title"])
        self._organisations, self._themes = frozenset(cues["organisation"]), frozenset(cues["theme"])
        # Of this kind the library looks for a few patterns with vector instructions, ten times as fast.
        kind = MatchKind.LeftmostFirst
        self._in_titles = BytesAhoCorasick(sorted({form for cue in self._titles for form in _written(cue)}), kind)
        self._names = BytesAhoCorasick([cue.encode() for cue in (*cues["organisation"], *cues["theme"])], kind)

    def among_titles(self, titles: Sequence[bytes]) -> set[int]:
        """Return the numbers of those titles, as published, that may hold a cue."""
        found = self._in_titles.find_matches_as_indexes(b"\n".join(titles).lower())
        starts = list(accumulate((len(title) + 1 for title in titles), initial=0)) if found else []
        return {bisect_right(starts, start) - 1 for _, start, _ in found}

    def names_in(self, block: bytes) -> list[int]:
        """Return where in some bytes a name stands, be it in whatever column."""
        return [start for _, start, _ in self._names.find_matches_as_indexes(block)]

    def meets_title(self, title: str) -> bool:
        """Whether a title holds a cue."""
        folded = title.lower()
        return any(cue in folded for cue in self._titles)

    def met_organisations(self, names: str) -> list[str]:
        """Return the cues among organisations that are separated by semicolons."""
        return [name for name in names.split(";") if name in self._organisations]

    def met_themes(self, names: str) -> list[str]:
        """Return the cues among themes that are separated by semicolons."""
        return [name for name in names.split(";") if name in self._themes]


def _written(cue: str) -> set[bytes]:
    """Return how a cue can stand in a published title whose ASCII letters are in lower case.

    Letters beyond ASCII are published as UTF-8 or as entities, and keep their case.
    """
    if cue.isascii():
        return {cue.encode()}
    cased = (cue, cue.capitalize(), cue.title(), cue.upper())
    return {
        "".join(one if one.isascii() else write(one) for one in text).encode().lower()
        for text in cased
        for write in (str, _hexadecimal, _decimal, _named)
    }


def _hexadecimal(letter: str) -> str:
    return f"&#x{ord(letter):x};"


def _decimal(letter: str) -> str:
    return f"&#{ord(letter)};"


def _named(letter: str) -> str:
    name = codepoint2name.get(ord(letter))
    return f"&{name};" if name else letter


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of this project."""
    with TABLE.open(encoding="utf-8", newline="") as table:
        return Lexicon(csv.DictReader(table))
