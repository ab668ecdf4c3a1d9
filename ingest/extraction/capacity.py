"""Megawatts of data centers, with what each figure is about. Power that is generated, stored or burnt is none. Pure."""

import re
from dataclasses import replace
from itertools import pairwise

from ingest.extraction.facts import Capacity
from ingest.extraction.numbers import NUMBER, WORDS, number_of
from ingest.extraction.text import Text

# No site of the world is planned larger; whoever writes more for one mistook a unit or a programme for a site.
SITE_CAP_MW = 10_000
_MW_PER = {"mw": 1, "megawatt": 1, "megavatio": 1, "mégawatt": 1, "兆瓦": 1, "메가와트": 1, "メガワット": 1,
           "gw": 1000, "gigawatt": 1000, "gigavatio": 1000, "吉瓦": 1000, "千兆瓦": 1000, "ギガワット": 1000,
           "기가와트": 1000}  # fmt: skip
_UNIT = r"(?:mw|gw|(?:mega|giga|méga)(?:watt|vatio)s?|千兆瓦|兆瓦|吉瓦|ギガワット|メガワット|기가와트|메가와트)"
_FIGURE = re.compile(
    rf"(?P<number>{NUMBER}|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)(?= ?(?:mega|giga)))"
    rf"(?: ?(?:to|-|/|and|a) ?(?P<upper>{NUMBER}))? ?(?P<plus>\+)? ?(?P<unit>{_UNIT})(?![a-z\d])(?! ?(?:h\b|hours?\b|p\b))"
)
_GENERATION = (
    r"(?:solar|wind|fusion|nuclear|hydro\w*|geothermal|gas|coal|biomass|batter(?:y|ies)|storage|bess|turbines?|engines?|reactors?|smrs?|"
    r"power (?:plants?|stations?|purchase|generation|projects?)|ppas?|renewables?|clean (?:energy|power)|generators?|fuel cells?|"
    r"wind farms?|photovoltaic|pv|carbon free|eólic[oa]s?|nucleares?|solares?|generación|emission free|turboprop|jet|"
    r"interconnector|transmission|peak demand|headlamp|laser|charging|electrolyser|hydrogen)"
)
_GENERATION_AFTER = re.compile(
    rf"^(?: class| scale| worth)?(?: of| de)?(?: [\w]+){{0,3}}? ?{_GENERATION}\b|^ ?(?:的)?(?:太阳能|风电|核电|光伏|储能)"
)
_GENERATION_BEFORE = re.compile(
    rf"\b{_GENERATION}(?: [\w]+){{0,4}}? ?(?:of |with |, |: |up to |over |about )?$|(?:太阳能|风电|核电|光伏|储能)$"
)
_DATA_CENTER = re.compile(
    r"data ?cent|datacent|campus|comput|ai (?:hub|factory|infrastructure|capacity)|数据中心|centros? de datos|it (?:load|capacity)|gpus?\b|chips?\b|stargate|supercomput"
)
_BUYS_POWER = re.compile(
    r"\b(?:electricity|energy|power) (?:deal|purchase|agreement|contract|from)\b|\b(?:buys?|purchas\w+|procur\w+) (?:[\w.,]+ ){0,4}$"
)
_ROLES = (
    (
        "cancelled_target",
        re.compile(r"\b(?:expansion|expand\w*|grow\w*|plans?) (?:[\w']+ ){0,3}?to $"),
        re.compile(r"\b(?:axed|scrapp\w+|cancel\w*|dropped|shelved|abandon\w*|walk\w* away|pulled)\b"),
    ),
)
_CAP_BEFORE = re.compile(
    r"\b(?:capp(?:ing|ed)|limit(?:ing|ed)|cut(?:ting)?|reduc(?:ing|ed)|scal(?:ing|ed) (?:it )?back)\b[\w ]{0,20}$"
)
_TARGET_BEFORE = re.compile(
    r"\b(?:eye(?:s|ing)|target(?:s|ing)?|expand(?:s|ed|ing|able)?(?: [\w']+){0,3} to|scal(?:e|es|ed|ing|able)(?: [\w']+){0,3} to|grow(?:s|ing)?(?: [\w']+){0,3} to|"
    r"ris(?:e|es|ing) to|ultimately|eventually|ambition of|goal of|aim(?:s|ing)? (?:for|at|to reach)|reach(?:es|ing)?|total(?:s|ing)? of|part of an?|"
    r"plans? for|path to|roadmap to|way to|toward|towards|option (?:for|on)|ampliar(?:se)? a|hasta llegar a|potential(?:ly)?|potential to)(?: an?| the| up to| as much as| more than| over| at least| about| around| an? additional)? ?$"
)
_TARGET_AFTER = re.compile(
    r"^(?: [\w]+){0,2}? (?:expansion|target|goal|ambition|by 20\d\d|in total|when complete|at full)\b"
)
_PHASE_BEFORE = re.compile(
    r"\b(?:first|initial|initially|phase (?:1|one|i)|starting (?:with|at)|starts? (?:with|at)|beginning with|first phase of|primera fase de|fase inicial de|primeros|首期|一期)(?: phase| stage| tranche| step)?(?: of| de| with|,)?(?: an?| the| about| up to| about)? ?$"
)
_PHASE_AFTER = re.compile(
    r"^(?: of [\w ]{3,20})?(?: [\w]+){0,2}? ?\b(?:first phase|initial phase|phase one|phase 1|to start|initially|online (?:in|by)|live (?:in|by)|to come online|go(?:es|ing)? live|operational (?:in|by))\b"
)
_UP_TO = re.compile(
    r"\b(?:up to|as much as|as many as|maximum of|hasta|jusqu'à|bis zu|até|fino a) (?:an? )?(?:additional )?$|(?:最多|高达)$"
)
_POWER = re.compile(r"^ ?(?:of )?(?:electricity|power|energy|electric power|surplus)\b")
_ALLOCATES = re.compile(r"\b(?:allocat\w+|reserv\w+|earmark\w+|sets? aside|grid connection|connect\w*)\b")
_WHOLE = re.compile(
    r"^[\w' ]{0,24}\b(?:of|in|out of|within|part of)(?: an?| the| its)?(?: total| planned| proposed)? $"
)
_UMBRELLA = re.compile(
    r"\b(?:reach(?:es|ed)?|tops?|exceeds?|surpass(?:es)?|total(?:s|ing|ed)?|bring(?:s|ing)? (?:the )?total|nearly|combined|across (?:all|the)|programme|program|overall|cumulative|pipeline)\b[^.;]{0,40}$"
)


def find_capacities(text: Text) -> tuple[Capacity, ...]:
    """Return the capacities of a text, in order. Of a range its upper end is given, as it is what can be reached."""
    found: list[Capacity] = []
    low = text.low
    for figure in _FIGURE.finditer(low):
        start, end = figure.span()
        before, after = low[max(start - 60, 0) : start], low[end : end + 60]
        if _is_power_not_load(low, before, after, start, end):
            continue
        written = figure["upper"] or figure["number"]
        value = WORDS[written] if written in WORDS else number_of(written)
        mw = value * _MW_PER[figure["unit"].removesuffix("s")]
        if 0 < mw < 1e6:
            found.append(Capacity(mw, _role(low, before, after, mw), start, end))
    return tuple(_told_apart(low, _unique(found)))


def names_power(text: Text) -> bool:
    """Whether any megawatts are named, of load or of generation."""
    return _FIGURE.search(text.low) is not None


def _is_power_not_load(low: str, before: str, after: str, start: int, end: int) -> bool:
    if _GENERATION_AFTER.match(after) or _GENERATION_BEFORE.search(before[-45:]):
        return not _DATA_CENTER.match(after[1:24])
    if not _DATA_CENTER.search(low[max(start - 200, 0) : end + 200]):
        return True
    return bool(_BUYS_POWER.search(before)) and not _DATA_CENTER.search(after[:40])


def _role(low: str, before: str, after: str, mw: float) -> str:
    if mw > SITE_CAP_MW and re.search(r"\b(?:facilit\w+|site|campus|center|centre|datacent\w+)\b", before + after):
        return "source_error"
    if _CAP_BEFORE.search(before):
        return "cap"
    for role, pattern, cue in _ROLES:
        if pattern.search(before) and cue.search(after + " " + before):
            return role
    if (_POWER.match(after) and _ALLOCATES.search(before + after)) or _ALLOCATES.search(before[-24:]):
        return "power_allocation"
    if _PHASE_BEFORE.search(before) or _PHASE_AFTER.match(after):
        return "phase1"
    if _UP_TO.search(before):
        return "up_to"
    if _TARGET_BEFORE.search(before) or _TARGET_AFTER.match(after):
        return "umbrella" if "stargate" in low and _UMBRELLA.search(before) else "target"
    if "stargate" in low and _UMBRELLA.search(before):
        return "umbrella"
    return "announced"


def _told_apart(low: str, found: list[Capacity]) -> list[Capacity]:
    """Tell a part from its whole: `200 MW of a 1 GW campus`, or a figure beside a larger one that is the target."""
    for number, (part, whole) in enumerate(pairwise(found)):
        if part.mw < whole.mw and _WHOLE.search(low[part.end : whole.start]):
            found[number + 1] = replace(whole, role="target")
    targets = [one.mw for one in found if one.role == "target"]
    return [
        replace(one, role="phase1") if one.role == "announced" and any(one.mw < target for target in targets) else one
        for one in found
    ]


def _unique(found: list[Capacity]) -> list[Capacity]:
    kept: dict[float, Capacity] = {}
    for one in found:
        kept.setdefault(one.mw, one)
    return list(kept.values())
