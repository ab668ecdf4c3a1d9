"""Money of a deal in the currency it is named in, and what it is: never a valuation, a price, revenue, a fine. Pure."""

import re
from dataclasses import replace
from functools import cache
from urllib.parse import urlsplit

from ingest.extraction.facts import Money
from ingest.extraction.lexicon import read_terms
from ingest.extraction.numbers import NUMBER, SCALE, number_of, scale_of
from ingest.extraction.text import Text


_TRAPS_BEFORE = re.compile(
    r"\b(?:valuations?|valued|value of company|market (?:cap\w*|value)|revenues?|run rate|sales|earnings|profits?|ebitda|losses|lost|gdp|fined?|penalt\w+|"
    r"settle\w*|lawsuit|sues?|damages|ordered to pay|price(?:d|s)?(?: tag)? (?:of|at)|costs? of living|savings? of|bribe|boosts? (?:to )?(?:the )?(?:\w+ )?economy|"
    r"economic (?:impact|boost|output|value)|add(?:s|ing)? (?:up to |over |more than )?|worth (?:of )?shares|stocks?|bonus|salary|pays?\b.{0,12}\bfine|tax breaks? (?:of|worth)|"
    r"grants? of|exports? worth|smuggl\w+|imports? worth|economy by|ingresos|valorad[oa] en|valuación|估值|市值|营收|收入)[^.;]{0,28}$"
)
_TRAPS_AFTER = re.compile(
    r"^[+ ]*(?:[\w']+ ){0,2}?(?:valuations?|market cap\w*|run rate|revenues?|sales|in sales|in revenue|annual revenue|annualized|profit|loss(?:es)?|fine\b|penalt\w+|settlement|lawsuit|"
    r"a share|per share|per (?:mwh|kwh|hour|month|barrel|chip|gpu|seat|user|person|year in (?:revenue|savings))|company\b|startup\b|economic (?:boost|impact|growth|output)|"
    r"boost (?:to|for)|(?:to|in) (?:the )?(?:\w+ )?(?:gdp|economy)|gdp|industry\b|market\b(?! in)|mega merger|merger|takeover|acquisition|buyout|ipo\b|wipeout|sell ?off|offer to turn|"
    r"salary|bonus|估值|市值|营收)"
)
_GUARANTEE = re.compile(r"\b(?:guarant\w+|backstop\w*|garant[ií]a\w*|担保)")
_PER_YEAR = re.compile(
    r"^[+ ]*(?:a|per|each|every|/) ?(?:year|yr|annum)\b|^[+ ]*(?:annually|al año|por año|一年)|^ ?(?:/ ?yr|annual\b)"
)
_PER_MONTH = re.compile(r"^[+ ]*(?:a|per|each|every) month\b|^[+ ]*monthly")
_UP_TO = re.compile(
    r"\b(?:up to|as much as|as high as|maximum of|capped at|hasta|jusqu'à|bis zu|até|fino a)(?: an?)?(?: additional| extra)? ?$|(?:最多|高达|最高)$"
)
_AT_LEAST = re.compile(
    r"\b(?:over|more than|at least|north of|exceed(?:s|ing)?|above|upwards of|surpass(?:es|ing)?|in excess of|no less than|más de|plus de|mehr als|über|mais de|oltre)(?: an?)?(?: additional| extra)? ?$|(?:超过|逾|超|至少)$"
)
_AT_LEAST_AFTER = re.compile(r"^ ?(?:\+|plus\b|or more|多)")
_ABOUT = re.compile(
    r"\b(?:about|around|nearly|almost|approximately|roughly|some|close to|an estimated|unos|cerca de|alrededor de|environ|rund|etwa|circa|quasi)(?: an?)?(?: additional| extra)? ?$|(?:约|大约|近)$"
)
_DEBT = re.compile(r"\b(?:debt|loans?|bonds?|borrow\w*|credit facility|financing|notes|lend\w*|deuda|préstamo|贷款)\b")
_UMBRELLA_BEFORE = re.compile(
    r"\b(?:stargate (?:reaches|totals|tops|hits|passes)|programme of|total (?:investment|commitments?|of)|combined|pledges of|wave of|package of|plan worth)[^.;]{0,24}$"
)
_UMBRELLA_AFTER = re.compile(
    r"^[+ ]*(?:[\w']+ ){0,2}?(?:stargate|programme|program\b|initiative|mega ?project|master ?plan|package of|national plan|wave)\b"
)


@cache
def _amount() -> tuple[re.Pattern[str], dict[str, str], dict[str, str]]:
    terms = read_terms("currencies")
    symbols = {term.term: term.value for term in terms if term.kind == "symbol"}
    words = {term.term: term.value for term in terms if term.kind == "word"}
    symbol, word = ("|".join(sorted(map(re.escape, known), key=len, reverse=True)) for known in (symbols, words))
    pattern = re.compile(
        rf"(?:(?<![a-z])(?P<symbol>{symbol}) ?)?(?P<number>{NUMBER}|\b(?:half a|a|one|un|两)(?= (?:billion|trillion|million|bill[oó]n|millón|crore)))"
        rf"(?: ?(?:to|-|and|a) ?(?:{symbol})? ?(?P<upper>{NUMBER}))?"
        rf"(?:[ -]?(?P<scale>{SCALE})(?![a-z]))?(?P<plus>\+)?(?: (?:of|de|di|do|d'))? ?(?P<word>(?:{word})(?![a-z]))?"
    )
    return pattern, symbols, words


@cache
def _outlets() -> dict[str, str]:
    return {term.term: term.value for term in read_terms("outlets")}


def find_money(text: Text, url: str = "") -> tuple[Money, ...]:
    """Return the sums of a deal, in order, in whole units of the currency. `url` tells the dollars of the outlet."""
    pattern, symbols, words = _amount()
    low = text.plain.lower() if len(text.plain.lower()) == len(text.plain) else text.low
    found: list[Money] = []
    for sum_ in pattern.finditer(low):
        symbol, word, scale = sum_["symbol"], sum_["word"], sum_["scale"]
        currency = symbols[symbol] if symbol else words.get(word or "", "")
        # `R 5` and `m` alone are words more often than money, and `yuan` of no scale a price.
        if not currency or (symbol in ("r", "rm", "rp", "rs") and not scale):
            continue
        if word and symbol == "$":
            currency = words[word]
        if symbol == "$" and not word:
            currency = _dollar(url)
        amount = _value(sum_["upper"] or sum_["number"]) * scale_of(scale)
        start, end = sum_.span()
        before, after = low[max(start - 60, 0) : start], low[end : end + 60]
        if amount < 1e6 or _TRAPS_BEFORE.search(before) or _TRAPS_AFTER.match(after):
            continue
        found.append(Money(amount, currency, _qualifier(before, after, bool(sum_["plus"])), start, end))
    return tuple(_converted(text, _unique(found)))


def _value(written: str) -> float:
    return {"half a": 0.5, "a": 1.0, "one": 1.0, "un": 1.0, "两": 2.0}.get(written) or number_of(written)


def _dollar(url: str) -> str:
    """Return what a bare `$` means in an outlet: its own country's dollars, where that is known to write so."""
    outlets = _outlets()
    try:
        host = (urlsplit(url).hostname or "") if url else ""
    except ValueError:
        host = ""
    labels = host.split(".")
    return next((outlets[name] for at in range(len(labels)) if (name := ".".join(labels[at:])) in outlets), "USD")


def _qualifier(before: str, after: str, has_plus: bool) -> str:
    if _GUARANTEE.search(before[-40:]) or _GUARANTEE.search(after[:40]):
        return "guarantee"
    if _PER_YEAR.match(after):
        return "per_year"
    if _PER_MONTH.match(after):
        return "per_month"
    if _UMBRELLA_BEFORE.search(before) or _UMBRELLA_AFTER.match(after):
        return "umbrella"
    if _UP_TO.search(before):
        return "up_to"
    if has_plus or _AT_LEAST.search(before) or _AT_LEAST_AFTER.match(after):
        return "at_least"
    if _ABOUT.search(before):
        return "approximate"
    return "exact"


def _converted(text: Text, found: list[Money]) -> list[Money]:
    """A sum in brackets behind one in another currency is the same money."""
    told: list[Money] = []
    for one in found:
        between = text.plain[told[-1].end : one.start].strip() if told else ""
        is_same = (
            bool(told)
            and told[-1].currency != one.currency
            and between in ("(", "(about", "(around", "(approx", "or", "/", "[")
        )
        told.append(replace(one, qualifier="converted") if is_same else one)
    return told


def _unique(found: list[Money]) -> list[Money]:
    kept: dict[tuple[float, str], Money] = {}
    for one in found:
        kept.setdefault((one.amount, one.currency), one)
    return list(kept.values())
