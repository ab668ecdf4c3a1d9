"""Families of phrases that give a figure or name its role, as regular expressions. Data in `lexicons/phrases.csv`.

A phrase is a piece of a regular expression over folded text. Everything that repeats in it is bounded, so that none can
take longer than its text is long.
"""

import csv
import re
from functools import cache

from ingest.extraction.lexicon import FOLDER


@cache
def _families() -> dict[str, list[str]]:
    families: dict[str, list[str]] = {}
    with (FOLDER / "phrases.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            families.setdefault(row["value"], []).append(row["term"])
    return families


def any_of(family: str) -> str:
    """Return the alternatives of a family as one group."""
    return "(?:" + "|".join(_families()[family]) + ")"


@cache
def before(family: str, fill: str = "") -> re.Pattern[str]:
    """Return what matches a text that ends in a phrase of a family, and then `fill`.

    Languages without spaces have a family of their own, `<family>_unspaced`.
    """
    spaced = rf"\b{any_of(family)}{fill}"
    unspaced = f"{family}_unspaced"
    return re.compile(rf"(?:{spaced}|{any_of(unspaced)})$" if unspaced in _families() else f"{spaced}$")


@cache
def after(family: str, lead: str = " ?") -> re.Pattern[str]:
    """Return what matches, at its start, a text that begins with `lead` and then a phrase of a family."""
    return re.compile(rf"^{lead}{any_of(family)}(?!\w)")


@cache
def within(family: str) -> re.Pattern[str]:
    """Return what finds a phrase of a family anywhere in a text."""
    return re.compile(any_of(family))
