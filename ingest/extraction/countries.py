"""Which countries host the site, and which are named in another role: investor, counterpart, supplier. Pure.

Every name of a place is graded by the words around it. The best grade in the text is the site; the rest are parties.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from ingest.extraction.lexicon import Found, Lexicon, Term, read_terms
from ingest.extraction.text import Text

LANGUAGES = ("en", "es", "fr", "de", "pt", "it", "nl", "pl", "tr", "ru", "ar", "zh", "ja", "ko")
# Parts of other countries and places without people: their names are words of other languages more often than places.
TERRITORIES = frozenset(
    "AI AQ AS AW AX BL BM BQ BV CC CK CW CX FK FO GF GG GI GL GP GS GU HM IM IO JE KY MF MP MQ MS NC NF NU PF PM PN PR "
    "RE SH SJ SX TC TF TK UM VG VI WF YT".split()
)
KOSOVO = "XKX"
# Where a town is written with the name of its state behind it.
LOCATING = ("USA", "CAN", "AUS")

SITE, SUBJECT, MODIFIER, ASIDE = 3, 2, 1, 0

_INFRASTRUCTURE = (
    r"(?:(?!(?:in|to|for|with|by|at|of|and|builds?|backs?|plans?|funds?|eyes|considers?|weighs?|buys?|signs?|bans?) )[\w'.-]+ ){0,3}?(?:data ?cent(?:er|re)s?|datacent(?:er|re)s?|campus(?:es)?|sites?|facilit(?:y|ies)|supercomputers?|"
    r"gigafactor(?:y|ies)|ai (?:hub|factory|factories|infrastructure|campus|park|city|zone)|cloud region|region|"
    r"government|ministry|schools|universities|expansion|project)\b"
)
_BEFORE_SITE = re.compile(
    r"(?:\b(?:in|at|near|across|within|throughout|into|inside|outside of|around|en|à|au|aux|im|em|na|no|nel|nella|w|"
    r"lands in|comes to|coming to|expands? to|head(?:s|ed)? to|to|for|stargate|based in|over)|在|于|to the people of)"
    r"(?: the| la| el| los| les| der| die| il| o| a)? ?(?:(?:northern|southern|eastern|western|central|rural|north|south|"
    r"east|west|norte de|sur de|oeste de|el norte de|downtown|greater) )?$"
)
_RECEIVER = re.compile(r"\b(?:exports?|suppl\w+|sales?|sells?|ship\w*|chips|gpus|deliver\w*) (?:\w+ )?(?:to|for) $")
_ASIDE = re.compile(r"^(?: |-)?(?:backed|owned|led|funded|made)\b|^ (?:concerns?|fears|worries|tensions)\b")
_NOT_SITE = re.compile(
    r"\b(?:outside|beyond|from|than|against|versus|vs\.?|rivals?|excluding|except|unlike|ahead of|behind|backed by|led by|"
    r"of former|between|in talks with|ties with|talks with|with|by)(?: the| la| el)? $"
)
_AFTER_PARTY = re.compile(
    r"^(?:'s)? ?(?:(?:based|backed|owned|led|headquartered|listed|made|funded|style)\b|(?:(?:state owned|tech|technology|ai|cloud|"
    r"chip|telecom|internet|energy|local|mobile|sovereign|wealth|real estate|private equity|investment|crypto|semiconductor"
    r"|owned|e commerce|conglomerate) ){0,3}"
    r"(?:giants?|firms?|compan(?:y|ies)|groups?|startups?|start ups?|developers?|investors?|conglomerates?|funds?|makers?|"
    r"chip ?makers?|chips?|gpus?|models?|operators?|tycoons?|billionaires?|rivals?|players?|vendors?|banks?|lenders?|"
    r"approval|approvals|licen[cs]es?|permission|export|exports|officials?|lawmakers|senators?|president|tariffs?|"
    r"sanctions|investment|investors|stocks?|shares|dollars?|rules|law|regulators?|ally|allies|technology|tech)\b)"
)
_AFTER_SITE = re.compile(r"^ " + _INFRASTRUCTURE)
_LIST = re.compile(r"^(?:, ?(?:and |& |y |et )?| and | & | / ?|/| y | et | und | e |、|和|与| or )(?:the )?$")
_PLACE_CUE = re.compile(
    r"\b(?:in|to|from|of|for|with|across|at|and|government of|kingdom of|republic of|en|de|à|au)(?: the)? $|^$|, $|(?:^|[.!?:;] )$"
)
_GIVEN_NAME = re.compile(r"[A-Z][a-z]+ $")


@cache
def _lexicon() -> Lexicon:
    import pycountry
    from babel import Locale

    own = read_terms("places")
    ambiguous = {term.term.casefold() for term in own if term.kind == "ambiguous"}
    terms = list(own)
    known = {(term.term.casefold()) for term in own}
    iso3_of = {country.alpha_2: country.alpha_3 for country in pycountry.countries} | {"XK": KOSOVO}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            is_latin = name[:1].isascii() or name[:1] in "ÁÉÍÓÚÄÖÜÅØÇŁ"
            if code not in iso3_of or code in TERRITORIES or (is_latin and len(name) < 4):
                continue
            if name.casefold() not in known and name.casefold() not in ambiguous:
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
    """Countries of the site and of other parties, with where they stand, in order of appearance."""

    sites: tuple[Found, ...]
    parties: tuple[Found, ...]


def find_places(text: Text, vendors: Sequence[Found]) -> Places:
    """Return the countries of a text. `vendors` are the organisations named in it."""
    inside = [(one.start, one.end) for one in vendors]
    found = [one for one in _lexicon().find(text) if not _is_within(one, inside)]
    found = _without_namesakes(text, [one for one in found if _is_a_place(text, one, found)])
    mentions = _listed_alike(text, [Mention(one, _grade(text, one, vendors)) for one in found])
    named = [mention for mention in mentions if mention.found.value]
    best = max((mention.grade for mention in named), default=ASIDE)
    has_region_site = any(mention.found.kind == "region" and mention.grade > best for mention in mentions)
    if best == ASIDE or has_region_site:
        return Places((), _unique(mention.found for mention in named))
    sites = _unique(mention.found for mention in named if mention.grade == best)
    at = {one.value for one in sites}
    return Places(sites, _unique(mention.found for mention in named if mention.found.value not in at))


def _listed_alike(text: Text, mentions: list[Mention]) -> list[Mention]:
    """Give the members of a list one grade: of what stands before the first or behind the last of them."""
    grades = [mention.grade for mention in mentions]
    joined = [bool(_LIST.match(text.low[one.found.end : after.found.start])) for one, after in pairwise(mentions)]
    for number, is_joined in enumerate(joined):
        if is_joined and grades[number] == SITE:
            grades[number + 1] = SITE
    for number in range(len(joined) - 1, -1, -1):
        if joined[number] and grades[number + 1] == MODIFIER and grades[number] == SUBJECT:
            grades[number] = MODIFIER
    return [replace(mention, grade=grade) for mention, grade in zip(mentions, grades, strict=True)]


def _grade(text: Text, one: Found, vendors: Sequence[Found]) -> int:
    before = text.low[max(one.start - 40, 0) : one.start]
    after = text.low[one.end : one.end + 80]
    if _AFTER_SITE.match(after.removeprefix("'s")) and not _AFTER_PARTY.match(after):
        return SITE
    is_possessive = after.startswith(("'s ", "' "))
    follows = after[3:] if after.startswith("'s ") else after.lstrip()
    shift = one.end + len(after) - len(follows)
    has_vendor_next = any(shift <= vendor.start <= shift + 24 and "," not in text.low[shift : vendor.start]
                          and " to " not in text.low[shift : vendor.start] for vendor in vendors)  # fmt: skip
    if _ASIDE.match(after):
        return ASIDE
    if _RECEIVER.search(before):
        return SITE
    if _AFTER_PARTY.match(after):
        return MODIFIER
    if one.kind == "demonym" or is_possessive:
        return MODIFIER if has_vendor_next or one.kind == "demonym" else SUBJECT
    if _NOT_SITE.search(before):
        return MODIFIER
    if _BEFORE_SITE.search(before):
        return SITE
    return SUBJECT


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
        if is_located and after and after.value in LOCATING and after.kind == "place" and one.value != after.value:
            continue
        kept.append(one)
    return kept


def _is_within(one: Found, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= one.start and one.end <= end for start, end in spans)


def _unique(found: Iterable[Found]) -> tuple[Found, ...]:
    kept: dict[str, Found] = {}
    for one in found:
        kept.setdefault(one.value, one)
    return tuple(kept.values())
