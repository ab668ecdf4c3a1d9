"""How many accelerators a text names. Pure."""

import re
from functools import cache
from itertools import islice

from ingest.extraction.facts import Evidence
from ingest.extraction.numbers import NUMBER, number_of, scale_of
from ingest.extraction.phrases import any_of
from ingest.extraction.text import MOST_READ, Text

# Fewer are a rack or a model number.
LEAST, MOST = 100, 10_000_000
YEARS = range(2015, 2041)


@cache
def _chips() -> re.Pattern[str]:
    # A number behind a letter is that of a model.
    count = rf"(?<![a-z])(?<!rtx )(?P<number>{NUMBER})(?: ?(?P<scale>million|thousand|k|mil|万|萬))?(?: ?\+)?"
    make = r"(?: (?:of|de) (?:its|the|los|las))?(?:(?: [\w.']{1,20}){0,4}?|[一-鿿]{1,6}?) ?"
    return re.compile(rf"{count}[个個枚块塊颗顆张張]?{make}{any_of('accelerators')}(?![a-z])")


def find_gpus(text: Text) -> tuple[int | None, tuple[Evidence, ...]]:
    """Return the largest number of accelerators named, with where it stands; None where none is."""
    counts: list[tuple[int, re.Match[str]]] = []
    for found in islice(_chips().finditer(text.low), MOST_READ):
        rest = text.low[found.end("number") : found.end("number") + 14]
        is_other = not found["scale"] and _counts_others(rest)
        if is_other or text.low[max(found.start() - 1, 0) : found.start()] in ("$", "€", "£", "₹"):
            continue
        count = int(number_of(found["number"]) * scale_of(found["scale"]))
        if LEAST <= count <= MOST and count not in YEARS:
            counts.append((count, found))
    if not counts:
        return None, ()
    count, found = max(counts, key=lambda one: one[0])
    return count, (Evidence("gpus", str(count), *found.span("number")),)


def _counts_others(rest: str) -> bool:
    return re.match(rf" ?{any_of('other_counts')}", rest) is not None
