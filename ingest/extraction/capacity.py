"""Megawatts of data centers, with what each figure is about. Power that is generated, stored or burnt is none. Pure."""

import re
from bisect import bisect
from dataclasses import replace
from functools import cache
from itertools import islice, pairwise

from ingest.extraction.facts import Capacity
from ingest.extraction.numbers import NUMBER, WORDS, number_of
from ingest.extraction.phrases import after, any_of, before, within
from ingest.extraction.text import MOST_READ, Text

# No site of the world is planned larger; whoever writes more for one mistook a unit or a programme for a site.
SITE_CAP_MW = 10_000
# How far from a figure the words that explain it are sought.
NEAR_CHARS = 60
# How far from a figure the computers it feeds are named at the least.
LOAD_CHARS = 200
_MW_PER = {"mw": 1, "megawatt": 1, "megavatio": 1, "mégawatt": 1, "兆瓦": 1, "메가와트": 1, "メガワット": 1,
           "gw": 1000, "gigawatt": 1000, "gigavatio": 1000, "吉瓦": 1000, "千兆瓦": 1000, "ギガワット": 1000,
           "기가와트": 1000}  # fmt: skip
# What follows without a space continues a Latin word, and begins the next one in Chinese or Japanese.
_LATIN_UNIT = r"(?:mw|gw|(?:mega|giga|méga)(?:watt|vatio)s?)(?![a-z\d])"
_UNIT = rf"(?:{_LATIN_UNIT}|千兆瓦|兆瓦|吉瓦|ギガワット|メガワット|기가와트|메가와트)"
_FIGURE = re.compile(
    rf"(?P<number>{NUMBER}|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)(?= ?(?:mega|giga)))"
    rf"(?: ?(?:to|/|and|a) ?(?P<upper>{NUMBER}))? ?\+? ?(?P<unit>{_UNIT})(?! ?(?:h\b|hours?\b|p\b))"
)
_ARTICLE = r"(?: (?:an?|the|up to|as much as|more than|over|at least|about|around|an? additional))?"
_TO_TARGET = _ARTICLE + " ?"
_TO_PHASE = rf"(?: (?:phase|stage|tranche|step))?(?: of| de| with|,)?{_ARTICLE} ?"
_FROM_PHASE = r"(?: of \w{3,20})?(?: \w{1,20}){0,2}? ?"
_TO_GENERATION = r"(?: \w{1,20}){0,4} ?(?:of |with |, |: |up to |over |about )?"
_FROM_GENERATION = r"(?: class| scale| worth)?(?: of| de)?(?: \w{1,20}){0,3}? ?"
_WHOLE = re.compile(
    r"^[\w' ]{0,24}\b(?:of|in|out of|within|part of)(?: an?| the| its)?(?: total| planned| proposed)? $"
)
_GROWS = re.compile(r"\b(?:expansion|expand\w*|grow\w*|plans?) (?:[\w']{1,20} ){0,3}?to $")
_ONE_SITE = re.compile(r"\b(?:facilit\w+|site|campus|center|centre|datacent\w+)\b")
_BUYS = re.compile(r"\b(?:buys?|purchas\w+|procur\w+) (?:[\w.,]{1,20} ){0,4}$")


def find_capacities(text: Text, *, has_ai_vendor: bool = False) -> tuple[Capacity, ...]:
    """Return the capacities of a text, in order. Of a range its upper end is given, as it is what can be reached.

    Megawatts that no computers stand near are none, unless the text is about somebody who needs them for nothing else.
    """
    found: list[Capacity] = []
    loads = [load.start() for load in within("load").finditer(text.low)]
    for figure in islice(_FIGURE.finditer(text.low), MOST_READ):
        start, end = figure.span()
        at = bisect(loads, start - LOAD_CHARS)
        is_of_computers = at < len(loads) and loads[at] < end + LOAD_CHARS
        if not (is_of_computers or has_ai_vendor) or _is_generation(text.low, start, end):
            continue
        written = figure["upper"] or figure["number"]
        value = WORDS[written] if written in WORDS else number_of(written)
        mw = value * _MW_PER[figure["unit"].removesuffix("s")]
        if 0 < mw < 1e6:
            found.append(Capacity(mw, _role(text.low, start, end, mw), start, end))
    return tuple(_told_apart(text.low, _unique(found)))


def names_power(text: Text) -> bool:
    """Whether any megawatts are named, of load or of generation."""
    return _FIGURE.search(text.low) is not None


def _around(low: str, start: int, end: int) -> tuple[str, str]:
    return low[max(start - NEAR_CHARS, 0) : start], low[end : end + NEAR_CHARS]


def _is_generation(low: str, start: int, end: int) -> bool:
    """Whether megawatts are of a power plant, or of a purchase of power."""
    left, right = _around(low, start, end)
    if before("generation", _TO_GENERATION).search(left):
        return not within("load").match(right[1:24])
    if after("generation", _FROM_GENERATION).match(right):
        return not _of_load().match(right)
    is_bought = _BUYS.search(left) or within("buys_power").search(left)
    return bool(is_bought) and not within("load").search(right[:40])


@cache
def _of_load() -> re.Pattern[str]:
    """Return what matches behind a figure where computers follow: `gas powered data center`, not `gas for one`."""
    word = r"(?:(?!(?:of|for|to|with|at|beside|near|farm|plant|power) )\w{1,20} )"
    return re.compile(rf"^ ?{word}{{0,3}}?{any_of('load')}")


def _role(low: str, start: int, end: int, mw: float) -> str:
    left, right = _around(low, start, end)
    if mw > SITE_CAP_MW and _ONE_SITE.search(left + right):
        return "source_error"
    if before("cap", r"[\w ]{0,20}").search(left):
        return "cap"
    if _GROWS.search(left) and within("dropped").search(left + " " + right):
        return "cancelled_target"
    is_allocated = within("allocates").search(left + right) and after("electric_power", " ?(?:of )?").match(right)
    if is_allocated or within("allocates").search(left[-24:]):
        return "power_allocation"
    if before("phase", _TO_PHASE).search(left) or after("phase_after", _FROM_PHASE).match(right):
        return "phase1"
    return _ambition(low, left, right)


def _ambition(low: str, left: str, right: str) -> str:
    """Return the role of a figure that is neither a part nor the end of something."""
    if "stargate" in low and before("programme_total", r"[^.;]{0,40}").search(left):
        return "umbrella"
    if before("up_to", r"(?: an?)?(?: additional)? ?").search(left):
        return "up_to"
    if before("target", _TO_TARGET).search(left) or after("target_after", r"(?: \w{1,20}){0,2}? ").match(right):
        return "target"
    return "announced"


def _told_apart(low: str, found: list[Capacity]) -> list[Capacity]:
    """Tell a part from its whole: `200 MW of a 1 GW campus`, or a figure beside a larger one that is the target."""
    for number, (part, whole) in enumerate(pairwise(found)):
        if part.mw < whole.mw and _WHOLE.search(low[part.end : whole.start]):
            found[number + 1] = replace(whole, role="target")
    target = max((one.mw for one in found if one.role == "target"), default=0)
    return [replace(one, role="phase1") if one.role == "announced" and one.mw < target else one for one in found]


def _unique(found: list[Capacity]) -> list[Capacity]:
    first = {one.mw: one for one in reversed(found)}
    return sorted(first.values(), key=lambda one: one.start)
