"""Money of a deal in the currency it is named in, and what it is: never a valuation, a price, revenue, a fine. Pure."""

import re
from dataclasses import replace
from functools import cache
from urllib.parse import urlsplit

from ingest.extraction.facts import Money
from ingest.extraction.lexicon import read_terms
from ingest.extraction.numbers import NUMBER, SCALE, number_of, scale_of
from ingest.extraction.phrases import after, before, within
from ingest.extraction.text import MOST_READ, Text

# Below this a sum is a fee, a salary or a unit price.
LEAST = 1e6
NEAR_CHARS = 60
_WORDS = {"half a": 0.5, "a": 1.0, "one": 1.0, "un": 1.0, "两": 2.0}
_SCALED_WORD = r"\b(?:half a|a|one|un|两)(?= (?:billion|trillion|million|bill[oó]n|millón|crore))"
_ADDITIONAL = r"(?: an?)?(?: additional| extra)? ?"
_BRACKET = ("(", "(about", "(around", "(approx", "or", "/", "[")


@cache
def _amount() -> tuple[re.Pattern[str], dict[str, str], dict[str, str]]:
    """Return the pattern of a sum, and the currencies of its symbols and words."""
    terms = read_terms("currencies")
    symbols = {term.term: term.value for term in terms if term.kind == "symbol"}
    words = {term.term: term.value for term in terms if term.kind == "word"}
    symbol, word = ("|".join(sorted(map(re.escape, known), key=len, reverse=True)) for known in (symbols, words))
    pattern = re.compile(
        rf"(?:(?<![a-z])(?P<symbol>{symbol}) ?)?(?P<number>\d{{1,3}} mil \d{{3}}(?= millones)|{NUMBER}|{_SCALED_WORD})"
        rf"(?: ?(?:to|-|and|a|à) ?(?:{symbol})? ?(?P<upper>{NUMBER}))?"
        rf"(?:[ -]?(?P<scale>{SCALE})(?![a-z]))?(?P<plus>\+)?(?: (?:of|de|di|do|d'))? ?(?P<word>(?:{word})(?![a-z]))?"
    )
    return pattern, symbols, words


@cache
def _outlets() -> dict[str, str]:
    return {term.term: term.value for term in read_terms("outlets")}


def find_money(text: Text, url: str = "") -> tuple[Money, ...]:
    """Return the sums of a deal, in order, in whole units of the currency. `url` tells the dollars of the outlet."""
    pattern, symbols, words = _amount()
    lowered = text.plain.lower()
    # Hyphens stand between the ends of a range here, so the folded text is the second choice.
    low = lowered if len(lowered) == len(text.plain) else text.low
    found: list[Money] = []
    for sum_ in pattern.finditer(low):
        if len(found) == MOST_READ:
            break
        currency = _currency(sum_, symbols, words, url)
        if currency is None:
            continue
        written = sum_["upper"] or sum_["number"]
        amount = (_WORDS[written] if written in _WORDS else number_of(written)) * scale_of(sum_["scale"])
        start = sum_.start()
        end = start + len(sum_.group().rstrip())
        left, right = low[max(start - NEAR_CHARS, 0) : start], low[end : end + NEAR_CHARS]
        if amount >= LEAST and not _is_no_deal(left, right):
            found.append(Money(amount, currency, _qualifier(left, right, bool(sum_["plus"])), start, end))
    return tuple(_converted(text, _unique(found)))


def _currency(sum_: re.Match[str], symbols: dict[str, str], words: dict[str, str], url: str) -> str | None:
    symbol, word = sum_["symbol"], sum_["word"]
    # A letter before a number is money only where a scale follows.
    if symbol in ("r", "rm", "rp", "rs") and not sum_["scale"]:
        return None
    if symbol == "¥" and not word and sum_["scale"] in ("亿", "万", "万亿"):
        return "CNY"
    if word and symbol in (None, "$"):
        return words[word]
    return _dollar(url) if symbol == "$" else symbols.get(symbol or "")


def _dollar(url: str) -> str:
    """Return what a bare `$` means in an outlet: its own country's dollars, where that is known to write so."""
    try:
        labels = (urlsplit(url).hostname or "").split(".")
    except ValueError:
        labels = []
    outlets = _outlets()
    return next((outlets[name] for at in range(len(labels)) if (name := ".".join(labels[at:])) in outlets), "USD")


def _is_no_deal(left: str, right: str) -> bool:
    is_before = before("no_deal_sum", r"[^.;]{0,28}").search(left)
    return bool(is_before or after("no_deal_sum_after", r"[+ ]{0,3}(?:[\w']{1,20} ){0,2}?").match(right))


def _qualifier(left: str, right: str, has_plus: bool) -> str:
    if within("guarantee").search(left[-40:]) or within("guarantee").search(right[:40]):
        return "guarantee"
    if after("per_year", "[+ ]{0,3}").match(right):
        return "per_year"
    if after("per_month", "[+ ]{0,3}").match(right):
        return "per_month"
    is_sum_of_all = after("umbrella_sum_after", r"[+ ]{0,3}(?:[\w']{1,20} ){0,2}?").match(right)
    if is_sum_of_all or before("umbrella_sum", r"[^.;]{0,24}").search(left):
        return "umbrella"
    return _bound(left, right, has_plus)


def _bound(left: str, right: str, has_plus: bool) -> str:
    if before("up_to", _ADDITIONAL).search(left):
        return "up_to"
    if has_plus or before("at_least", _ADDITIONAL).search(left) or re.match(r" ?(?:\+|plus\b|or more|多)", right):
        return "at_least"
    return "approximate" if before("about", _ADDITIONAL).search(left) else "exact"


def _converted(text: Text, found: list[Money]) -> list[Money]:
    """Mark a sum in brackets behind one in another currency: it is the same money."""
    told: list[Money] = []
    for one in found:
        between = text.plain[told[-1].end : one.start].strip() if told else ""
        is_same = bool(told) and told[-1].currency != one.currency and between in _BRACKET
        told.append(replace(one, qualifier="converted") if is_same else one)
    return told


def _unique(found: list[Money]) -> list[Money]:
    first = {(one.amount, one.currency): one for one in reversed(found)}
    return sorted(first.values(), key=lambda one: one.start)
