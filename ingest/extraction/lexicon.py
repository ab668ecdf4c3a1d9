"""Terms of a lexicon found in a text in one pass: whole words, none within a longer one. Pure but for its file.

A lexicon is a CSV file beside this package with the columns `term`, `value` and, where it needs them, more. A term that
ends in `*` stands for every ending of its last word. `is_cased` marks terms that count only as they are written.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ahocorasick_rs import AhoCorasick, MatchKind

from ingest.extraction.text import Text, folded

FOLDER = Path(__file__).parent / "lexicons"


@dataclass(frozen=True)
class Term:
    """One entry of a lexicon: what is sought, what it means, of which kind it is."""

    term: str
    value: str
    kind: str = ""
    is_cased: bool = False


@dataclass(frozen=True)
class Found:
    """A term found in a text, from `start` to `end`."""

    start: int
    end: int
    value: str
    kind: str


class Lexicon:
    """A set of terms sought together."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._entries: dict[str, list[Term]] = {}
        for term in terms:
            self._entries.setdefault(folded(term.term).rstrip("*"), []).append(term)
        self._sought: Sequence[str] = list(self._entries)
        self._automaton = AhoCorasick(self._sought, matchkind=MatchKind.Standard)

    def find(self, text: Text) -> list[Found]:
        """Return the terms of a text in order; none that lies within a longer one."""
        found: list[Found] = []
        for number, start, end in self._automaton.find_matches_as_indexes(text.low, overlapping=True):
            if not text.is_edge(start):
                continue
            for term in self._entries[self._sought[number]]:
                stop = _end_of_word(text, end) if term.term.endswith("*") else end
                if not text.is_edge(stop):
                    continue
                if term.is_cased and text.plain[start:end] != term.term.rstrip("*"):
                    continue
                found.append(Found(start, stop, term.value, term.kind))
        found.sort(key=lambda one: (one.start, -one.end))
        kept: list[Found] = []
        reach = -1
        for one in found:
            # What lies within a longer term is part of it: `Mexico` in `New Mexico`.
            if one.end > reach or (kept and (one.start, one.end) == (kept[-1].start, kept[-1].end)):
                kept.append(one)
                reach = max(reach, one.end)
        return kept


def _end_of_word(text: Text, end: int) -> int:
    while end < len(text.low) and text.low[end].isalpha():
        end += 1
    return end


def read_terms(name: str) -> list[Term]:
    """Return the terms of a lexicon's file."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [
            Term(row["term"], row["value"], row.get("kind") or "", row.get("is_cased") == "true")
            for row in csv.DictReader(file)
        ]


@cache
def lexicon(name: str) -> Lexicon:
    """Return a lexicon by the name of its file."""
    return Lexicon(read_terms(name))
