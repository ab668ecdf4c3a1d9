"""Which items tell of one event. Pure.

Two items are of one event if they were published within days of each other, name a common country of the site and agree
in what they name: then a shared figure, the same vendors or words that few others use decide. Titles alike are not
enough, and two figures that cannot both hold keep items apart. What is unsure stays apart: a reader of candidates sees
two entries then, where the other mistake would hide an event.
"""

import calendar
import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property

from rapidfuzz import fuzz

from ingest.extraction.countries import towns_in
from ingest.extraction.facts import Facts
from ingest.extraction.lexicon import FOLDER
from ingest.extraction.text import folded

WINDOW_DAYS = 5
# Two reports of one sum: rounded, or converted on another day.
SAME_FIGURE = 0.03
# An item is compared with so many before it that share a mark. What more of them share marks no event.
MOST_COMPARED = 40
# A story is told for so long; what is told later by the same words is the next one.
STORY_DAYS = 14
# Countries in which one vendor builds in many places at a time.
MANY_SITES = frozenset({"USA", "IND", "AUS", "CAN", "CHN", "GBR"})
CHIP_MAKERS = frozenset({"NVIDIA", "AMD"})
# Alike enough to be one text that several outlets carried.
SYNDICATED_RATIO = 97
NAMED = ("countries", "party_countries", "vendors")
# A short title that differs in a letter names somebody else.
LONG_TITLE = 40
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]{3,}")


@cache
def _common_words() -> frozenset[str]:
    with (FOLDER / "common_words.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["term"] for row in csv.DictReader(file))


Days = tuple[date | None, date | None]


@dataclass(frozen=True)
class Item:
    """One item as clustering sees it. `earliest` and `latest` bound the day it was published; None: not known."""

    item_id: str
    title: str
    earliest: date | None
    latest: date | None
    countries: frozenset[str]
    vendors: frozenset[str]
    components: frozenset[str]
    figures: frozenset[tuple[str, float]]
    names: frozenset[str]
    towns: frozenset[str]
    is_stopped: bool

    @cached_property
    def words(self) -> frozenset[str]:
        """Words of the title that are neither in every announcement nor part of the name of a place or vendor."""
        return frozenset(_WORD.findall(folded(self.title))) - _common_words() - self.names

    @cached_property
    def headline(self) -> str:
        """The title as it is compared: the outlet's name behind it is gone."""
        return re.split(r" [|-] (?=[^|-]{2,30}$)", folded(self.title.split("\n")[0]))[0].strip(" .!\"'")


def item_of(item_id: str, title: str, published: str | None, facts: Facts) -> Item:
    """Return an item made of a text's facts. `published` is a day or a month in ISO form."""
    earliest, latest = days_of(published)
    figures = {("MW", one.mw) for one in facts.capacities} | {(one.currency, one.amount) for one in facts.money}
    if facts.gpus:
        figures.add(("GPUs", float(facts.gpus)))
    spans = [one for one in facts.evidence if one.field in NAMED]
    names = frozenset(word for one in spans for word in _WORD.findall(folded(title[one.start : one.end])))
    return Item(
        item_id, title, earliest, latest, frozenset(facts.countries), frozenset(facts.vendors),
        frozenset(facts.components), frozenset(figures), names, towns_in(title), facts.stage in ("paused", "cancelled"),
    )  # fmt: skip


def days_of(published: str | None) -> tuple[date | None, date | None]:
    """Return the first and last day that an ISO day or month can mean; None where it is neither."""
    found = re.match(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", published or "")
    if not found:
        return None, None
    year, month, day = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    try:
        if day:
            return date(year, month, day), date(year, month, day)
        if month:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    except ValueError:
        pass
    # A year alone says too little of a window of days.
    return None, None


def cluster(items: Sequence[Item]) -> list[int]:
    """Return a number for each item, the same for items of one event: the position of the first of them."""
    parent = list(range(len(items)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    # From the first to the last day of a cluster; of a month that day counts which makes the story short.
    days = [(item.latest, item.earliest) for item in items]
    for one, other in _pairs(items):
        first, second = sorted((root(one), root(other)))
        if first == second or not is_same_event(items[one], items[other]):
            continue
        told = _span(days[first], days[second])
        if told[0] is None or told[1] is None or (told[1] - told[0]).days <= STORY_DAYS:
            parent[second], days[first] = first, told
    return [root(number) for number in range(len(items))]


def _span(one: Days, other: Days) -> Days:
    """Return the first and the last day of two spans."""
    first = [day for day in (one[0], other[0]) if day]
    last = [day for day in (one[1], other[1]) if day]
    return min(first, default=None), max(last, default=None)


def _pairs(items: Sequence[Item]) -> Iterator[tuple[int, int]]:
    """Yield the pairs that share what two items of one event must share, so that not every two are compared."""
    by_key: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        for key in _keys(item):
            by_key[key].append(number)
    seen: set[tuple[int, int]] = set()
    for numbers in by_key.values():
        for pair in _near(items, numbers):
            if pair not in seen:
                seen.add(pair)
                yield pair


def _keys(item: Item) -> Iterator[tuple[str, ...]]:
    yield ("title", item.headline)
    marks = [*item.vendors, *(f"{unit} {value:.2g}" for unit, value in item.figures), *item.words]
    for country in item.countries:
        yield from ((country, mark) for mark in marks)
    for unit, value in item.figures:
        yield from ((vendor, f"{unit} {value:.2g}") for vendor in item.vendors)


def _near(items: Sequence[Item], numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of a block whose days can lie within the window, each item with the nearest before it."""
    undated = [number for number in numbers if not items[number].earliest]
    dated = sorted((number for number in numbers if items[number].earliest), key=lambda one: str(items[one].earliest))
    for at, number in enumerate(dated):
        for one in reversed(dated[max(at - MOST_COMPARED, 0) : at]):
            if _gap(items[one], items[number]) <= WINDOW_DAYS:
                yield min(one, number), max(one, number)
    for at, number in enumerate(undated):
        for one in (*undated[max(at - MOST_COMPARED, 0) : at], *dated[:MOST_COMPARED]):
            yield min(one, number), max(one, number)


def _gap(one: Item, other: Item) -> int:
    """Return the least number of days between two items; zero where a day is not known."""
    if not (one.earliest and one.latest and other.earliest and other.latest):
        return 0
    return max((other.earliest - one.latest).days, (one.earliest - other.latest).days, 0)


def is_same_event(one: Item, other: Item) -> bool:
    """Whether two items tell of one event."""
    if _gap(one, other) > WINDOW_DAYS or one.is_stopped != other.is_stopped:
        return False
    towns = (one.towns, other.towns) if one.countries & other.countries & MANY_SITES else ((), ())
    named = ((one.countries, other.countries), (one.components, other.components), _makers(one, other), towns)
    if any(first and second and not set(first) & set(second) for first, second in named):
        return False
    if _is_syndicated(one, other):
        return not _disagree(one, other)
    has_country = bool(one.countries & other.countries)
    if _shared_figures(one, other):
        return has_country or bool(one.vendors & other.vendors - CHIP_MAKERS)
    is_dated = one.earliest is not None and other.earliest is not None
    return has_country and is_dated and not _disagree(one, other) and _is_told_alike(one, other)


def _makers(one: Item, other: Item) -> tuple[frozenset[str], frozenset[str]]:
    """Return the vendors that have to agree: who sells chips to all is none of them where both name others."""
    first, second = one.vendors - CHIP_MAKERS, other.vendors - CHIP_MAKERS
    return (first, second) if first and second else (one.vendors, other.vendors)


def _is_syndicated(one: Item, other: Item) -> bool:
    """Whether the titles are one text: the same, or long and alike but for a letter or two that is no digit."""
    first, second = one.headline, other.headline
    if first == second or min(len(first), len(second)) < LONG_TITLE:
        return bool(first) and first == second
    return fuzz.ratio(first, second) >= SYNDICATED_RATIO and _DIGITS.findall(first) == _DIGITS.findall(second)


def _is_told_alike(one: Item, other: Item) -> bool:
    """Whether items without a common figure name the same parties within two days, or share telling words."""
    common = one.words & other.words
    if one.vendors and one.vendors == other.vendors:
        return _gap(one, other) <= 2 or bool(common)
    if not one.vendors and not other.vendors:
        return len(common) / max(min(len(one.words), len(other.words)), 1) >= 0.3
    return len(common) >= 2


def _shared_figures(one: Item, other: Item) -> list[tuple[str, float]]:
    return [
        (unit, value)
        for unit, value in one.figures
        for other_unit, other_value in other.figures
        if unit == other_unit and abs(value - other_value) <= SAME_FIGURE * max(value, other_value)
    ]


def _disagree(one: Item, other: Item) -> bool:
    """Whether both name figures of a unit and none is the same."""
    shared = {unit for unit, _ in _shared_figures(one, other)}
    units = {unit for unit, _ in one.figures} & {unit for unit, _ in other.figures}
    return bool(units - shared)
