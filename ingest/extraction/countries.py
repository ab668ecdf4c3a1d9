"""Which countries host the site, and which are named in another role: investor, counterpart, supplier. Pure.

Every name of a place is graded by the words around it. The best grade in the text is the site; the rest are parties.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from ingest.extraction.lexicon import Found, Lexicon, Term, read_terms
from ingest.extraction.phrases import after, any_of, before
from ingest.extraction.text import MOST_READ, Text

LANGUAGES = ("en", "es", "fr", "de", "pt", "it", "nl", "pl", "tr", "ru", "ar", "zh", "zh_Hant", "ja", "ko")
# Parts of other countries and places without people: their names are words of other languages more often than places.
TERRITORIES = frozenset(
    ("AI", "AQ", "AS", "AW", "AX", "BL", "BM", "BQ", "BV", "CC", "CK", "CW", "CX", "FK", "FO", "GF", "GG",
     "GI", "GL", "GP", "GS", "GU", "HM", "IM", "IO", "JE", "KY", "MF", "MP", "MQ", "MS", "NC", "NF", "NU",
     "PF", "PM", "PN", "PR", "RE", "SH", "SJ", "SX", "TC", "TF", "TK", "UM", "VG", "VI", "WF", "YT")
)  # fmt: skip
KOSOVO = "XKX"
# Where a town is written with the name of its state behind it.
LOCATING = ("USA", "CAN", "AUS")
GEORGIA = "GEO"

# `in X` tells more than `an X data center`, that more than X as somebody who acts.
PLACED, SITE, SUBJECT, MODIFIER, ASIDE = 4, 3, 2, 1, 0

_ARTICLE = r"(?: (?:the|la|el|los|las|les|der|die|das|il|o|a))?"
_TO_SITE = rf"{_ARTICLE} ?(?:{any_of('part_of_country')} )?"
_AFTER_SITE = re.compile(rf"^ (?:(?!{any_of('not_in_a_name')} )[\w'.]{{1,20}} ){{0,3}}?{any_of('infrastructure')}\b")
_AFTER_PARTY = re.compile(
    rf"^(?:'s)? ?(?:{any_of('party_suffix')}\b|(?:{any_of('kind_of_firm')} ){{0,3}}{any_of('party')}\b)"
)
_AFTER_ASIDE = re.compile(rf"^ ?(?:{any_of('kind_of_firm')} ){{0,3}}{any_of('aside_noun')}\b")
_LIST = re.compile(r"^(?:, ?(?:and |& |y |et )?| and | & | / ?|/| y | et | und | e |、|和|与| or )(?:the )?$")
_PLACE_CUE = re.compile(r"\b(?:in|to|from|of|for|with|across|at|and|en|de|à|au)(?: the)? $|^$|[,.!?:;] $")
_GIVEN_NAME = re.compile(r"[A-Z][a-z]+ $")


@cache
def _lexicon() -> Lexicon:
    import pycountry
    from babel import Locale

    own = read_terms("places")
    terms = list(own)
    known = {term.term.casefold() for term in own}
    iso3_of = {country.alpha_2: country.alpha_3 for country in pycountry.countries} | {"XK": KOSOVO}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            is_latin = name[:1].isascii() or name[:1] in "ÁÉÍÓÚÄÖÜÅØÇŁ"
            if code not in iso3_of or code in TERRITORIES or (is_latin and len(name) < 4):
                continue
            if name.casefold() not in known:
                known.add(name.casefold())
                terms.append(Term(name, iso3_of[code], "country", is_cased=is_latin))
    return Lexicon(terms)


@dataclass(frozen=True)
class Mention:
    """A country named in a text and how strongly the words around it make it the site."""

    found: Found
    grade: int


@dataclass(frozen=True)
class Places:
    """Countries of the site and of other parties, each where it stands first, and every mention of one."""

    sites: tuple[Found, ...]
    parties: tuple[Found, ...]
    mentions: tuple[Found, ...]


def find_places(text: Text, vendors: Sequence[Found]) -> Places:
    """Return the countries of a text. `vendors` are the organisations named in it."""
    inside = [(one.start, one.end) for one in vendors]
    found = [one for one in _lexicon().find(text) if not _is_within(one, inside)][:MOST_READ]
    found = _without_namesakes(text, [one for one in found if _is_a_place(text, one, found)])
    mentions = _listed_alike(text, [Mention(one, _grade(text, one, vendors)) for one in found])
    mentions = _without_asides(text, mentions)
    named = [mention for mention in mentions if mention.found.value]
    best = max((mention.grade for mention in named), default=ASIDE)
    has_region_site = any(mention.found.kind == "region" and mention.grade > best for mention in mentions)
    is_nowhere = best == ASIDE or has_region_site
    sites = () if is_nowhere else _unique(mention.found for mention in named if mention.grade == best)
    at = {one.value for one in sites}
    parties = _unique(mention.found for mention in named if mention.found.value not in at)
    return Places(sites, parties, tuple(mention.found for mention in named))


def towns_in(title: str) -> frozenset[str]:
    """Return the towns, states and regions a title names, as they are compared."""
    text = Text(title.encode(errors="replace").decode())
    return frozenset(
        text.low[one.start : one.end] for one in _lexicon().find(text) if one.kind in ("place", "ambiguous")
    )


def _listed_alike(text: Text, mentions: list[Mention]) -> list[Mention]:
    """Give the members of a list one grade: of what stands before the first or behind the last of them."""
    grades = [mention.grade for mention in mentions]
    joined = [bool(_LIST.match(text.low[one.found.end : after.found.start])) for one, after in pairwise(mentions)]
    for number, is_joined in enumerate(joined):
        if is_joined and grades[number] >= SITE:
            grades[number + 1] = grades[number]
    for number in range(len(joined) - 1, -1, -1):
        if joined[number] and grades[number + 1] == MODIFIER and grades[number] == SUBJECT:
            grades[number] = MODIFIER
    return [replace(mention, grade=grade) for mention, grade in zip(mentions, grades, strict=True)]


def _without_asides(text: Text, mentions: list[Mention]) -> list[Mention]:
    """Count places behind `after …` or `amid …` as mentioned only, where a place of the sentence stands before it."""
    kept: list[Mention] = []
    starts = [start for start, _ in text.sentences]
    for mention in mentions:
        at = mention.found.start
        start = starts[bisect_right(starts, at) - 1]
        has_place = any(start <= one.found.start and one.grade >= SUBJECT for one in kept)
        clause = (
            before("beyond_clause", r"[^.;]{0,60}").search(text.low, max(start, at - 80), at) if has_place else None
        )
        is_behind = clause and any(start <= one.found.start < clause.start() for one in kept)
        kept.append(replace(mention, grade=min(mention.grade, MODIFIER)) if is_behind else mention)
    return kept


def _grade(text: Text, one: Found, vendors: Sequence[Found]) -> int:
    """Return how strongly the words around a name make it the site. The first rule that holds decides."""
    left, right = text.low[max(one.start - 40, 0) : one.start], text.low[one.end : one.end + 80]
    is_party = _AFTER_PARTY.match(right)
    is_possessive = right.startswith(("'s ", "' "))
    # A nationality, or a country's name before a vendor's, tells where somebody comes from.
    is_origin = one.kind == "demonym" or (is_possessive and _introduces_vendor(text, one.end, vendors))
    rules: tuple[tuple[Callable[[], object], int], ...] = (
        (lambda: after("aside_suffix").match(right) or after("aside").match(right), ASIDE),
        (lambda: not is_party and before("placed", _TO_SITE).search(left), PLACED),
        (lambda: not is_party and _AFTER_ASIDE.match(right), ASIDE),
        (lambda: not is_party and _AFTER_SITE.match(right.removeprefix("'s")), SITE),
        (lambda: before("receives", r" (?:\w{1,20} )?(?:to|for) ").search(left), SITE),
        (lambda: is_party or is_origin, MODIFIER),
        (lambda: is_possessive, SUBJECT),
        (lambda: before("elsewhere", rf"{_ARTICLE} ").search(left), MODIFIER),
        (lambda: before("at_site", _TO_SITE).search(left), SITE),
    )
    return next((grade for holds, grade in rules if holds()), SUBJECT)


def _introduces_vendor(text: Text, end: int, vendors: Sequence[Found]) -> bool:
    """Whether a vendor follows a possessive soon, in the same part of the sentence."""
    start = end + 3
    return any(
        start <= vendor.start <= start + 24 and not re.search(",| to ", text.low[start : vendor.start])
        for vendor in vendors
    )


def _is_a_place(text: Text, one: Found, found: Sequence[Found]) -> bool:
    """Whether a name that is also a person's or a thing's stands for the place."""
    if one.kind == "none":
        return False
    if one.kind != "ambiguous":
        return True
    before = text.plain[max(one.start - 30, 0) : one.start]
    if _PLACE_CUE.search(before.lower()) and not text.plain[one.end : one.end + 1].isdigit():
        follows = text.plain[one.end : one.end + 12]
        return not re.match(r" [A-Z][a-z]+(?:'s)? [a-z]", follows) or not before.strip()
    if any(other is not one and other.value == one.value for other in found):
        return True
    return not _GIVEN_NAME.search(before)


def _without_namesakes(text: Text, found: list[Found]) -> list[Found]:
    """Drop a city or country that the next name locates elsewhere, as in `Lebanon, Indiana`."""
    kept: list[Found] = []
    for number, one in enumerate(found):
        after = found[number + 1] if number + 1 < len(found) else None
        is_located = after is not None and text.low[one.end : after.start] == ", "
        is_state = after is not None and after.kind in ("place", "ambiguous") and after.value in LOCATING
        if is_located and is_state and after and one.value not in (after.value, GEORGIA):
            continue
        before_it = found[number - 1] if number else None
        if before_it and before_it.value == GEORGIA and text.low[one.start : one.end] == "georgia":
            continue  # the country, which is told by its town
        kept.append(one)
    return kept


def _is_within(one: Found, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= one.start and one.end <= end for start, end in spans)


def _unique(found: Iterable[Found]) -> tuple[Found, ...]:
    kept: dict[str, Found] = {}
    for one in found:
        kept.setdefault(one.value, one)
    return tuple(kept.values())
