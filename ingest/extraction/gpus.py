"""How many accelerators a text names. Pure."""

import re

from ingest.extraction.facts import Evidence
from ingest.extraction.numbers import NUMBER, number_of, scale_of
from ingest.extraction.text import Text

_CHIPS = re.compile(
    rf"(?P<number>{NUMBER})(?: ?(?P<scale>million|thousand|k|mil|万|萬))?(?: ?\+)?(?:个|枚|块|颗|张)?(?: (?:of|de) (?:its|the|los|las))?"
    r"(?: [\w.']+){0,4}? ?(?:gpus?|graphics processing units?|ai chips?|accelerators?|superchips?|blackwells?|gb[23]00s?|h[12]00s?|b[23]00s?|rubin\w*|ascend \w+|"
    r"nvidia chips?|chips?\b|puces|aceleradores|芯片|显卡|图形处理器)(?![a-z])"
)
_NOT_CHIPS = re.compile(
    r"^ ?(?:million|billion|trillion|bn|m\b|%|percent|mw|gw|gigawatt|megawatt|year|day|hour|countr|site|data|company|compan|people|job)"
)


def find_gpus(text: Text) -> tuple[int | None, tuple[Evidence, ...]]:
    """Return the largest number of accelerators named, with where it stands; None where none is."""
    best: tuple[int, re.Match[str]] | None = None
    for found in _CHIPS.finditer(text.low):
        rest = text.low[found.end("number") : found.end("number") + 14]
        before = text.low[max(found.start() - 1, 0) : found.start()]
        if (not found["scale"] and _NOT_CHIPS.match(rest)) or before in ("$", "€", "£", "₹"):
            continue
        count = int(number_of(found["number"]) * scale_of(found["scale"]))
        # A handful is a model number or a rack.
        if 100 <= count <= 10_000_000 and not 2015 <= count <= 2040 and (best is None or count > best[0]):
            best = (count, found)
    if best is None:
        return None, ()
    return best[0], (Evidence("gpus", str(best[0]), *best[1].span("number")),)
