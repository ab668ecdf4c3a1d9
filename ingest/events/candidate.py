"""A candidate event: what the items of one cluster say together, with how many voices say it. Pure."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from ingest.events import clustering
from ingest.extraction.facts import Capacity, Evidence, Facts, Money

STOPPED = ("paused", "cancelled")
FIGURES = ("capacity_mw", "capacity_mw_phase1", "capacity_mw_target", "gpu_count", "investment_amount")


@dataclass(frozen=True)
class NewsItem:
    """One item of a feed with what was read out of its text. Megawatts of facilities, money in whole units.

    What the text does not say is None or empty; `published_on` is None where nothing proves a day. `evidence` is the
    JSON of why each fact has its value, as characters of title and description.
    """

    source_id: str
    item_id: str
    title: str
    url: str
    tier: int
    published_on: date | None
    first_seen: date
    known_at: date
    countries: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    stage: str | None = None
    capacity_mw: float | None = None
    capacity_mw_phase1: float | None = None
    capacity_mw_target: float | None = None
    gpu_count: float | None = None
    investment_amount: float | None = None
    investment_currency: str | None = None
    evidence: str = "[]"

    @property
    def published(self) -> date:
        """Day it was published, or first seen where that is not told."""
        return self.published_on or self.first_seen

    @property
    def outlet(self) -> str:
        """Who published it: the host of its address."""
        return (urlsplit(self.url).hostname or self.source_id).removeprefix("www.")

    @cached_property
    def clustered(self) -> clustering.Item:
        """The item as clustering sees it."""
        told = (self.capacity_mw, self.capacity_mw_phase1, self.capacity_mw_target)
        amount, currency = self.investment_amount, self.investment_currency
        money = (Money(amount, currency, "", 0, 0),) if amount and currency else ()
        facts = Facts(
            is_relevant=True, countries=self.countries, capacities=tuple(Capacity(mw, "", 0, 0) for mw in told if mw),
            gpus=int(self.gpu_count) if self.gpu_count else None, money=money, vendors=self.vendors,
            components=self.components, stage=self.stage,
            evidence=tuple(Evidence(**one) for one in json.loads(self.evidence)),
        )  # fmt: skip
        day = str(self.published_on) if self.published_on else None
        return clustering.item_of(self.item_id, self.title, day, facts)


@dataclass(frozen=True)
class Said:
    """What most voices say of a field, and how many items say it."""

    value: float | str
    n_items: int
    currency: str | None = None


@dataclass(frozen=True)
class Candidate:
    """A candidate event, its items in the order in which they were published."""

    items: tuple[NewsItem, ...]
    countries: tuple[str, ...]
    vendors: tuple[str, ...]
    components: tuple[str, ...]
    stage: Said | None
    figures: Mapping[str, Said]
    n_voices: int

    @property
    def candidate_id(self) -> str:
        """The item_id of its earliest item: later items do not change it."""
        return self.items[0].item_id

    @property
    def first_day(self) -> date:
        """Day its first item was published."""
        return self.items[0].published

    @property
    def last_day(self) -> date:
        """Day its last item was published."""
        return self.items[-1].published

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The titles of its items."""
        return tuple(item.title for item in self.items)


def candidate_of(items: Sequence[NewsItem]) -> Candidate:
    """Return the candidate that the items of a cluster make; `items` must not be empty.

    A field has the value of most voices, and of the earliest where as many say another; a country, vendor or component
    counts where half as many voices name it as name the one named most.
    """
    ordered = tuple(sorted(items, key=lambda item: (item.published, item.first_seen, item.item_id)))
    voices = voices_of(ordered)
    figures = {name: said for name in FIGURES if (said := _said(ordered, voices, name))}
    return Candidate(
        items=ordered,
        countries=_named(ordered, voices, "countries"),
        vendors=_named(ordered, voices, "vendors"),
        components=_named(ordered, voices, "components"),
        stage=_said(ordered, voices, "stage"),
        figures=figures,
        n_voices=len(set(voices)),
    )


def voices_of(items: Sequence[NewsItem]) -> list[int]:
    """Return of each item the number of its voice: items of one outlet, or with one title, speak with one."""
    voices = list(range(len(items)))
    first: dict[str, int] = {}
    for index, item in enumerate(items):
        title = item.clustered.headline or item.item_id
        for mark in (f"outlet {item.outlet}", f"title {title}"):
            other = voices[first.setdefault(mark, index)]
            mine = voices[index]
            if other != mine:
                voices = [min(other, mine) if voice in (other, mine) else voice for voice in voices]
    return voices


def _said(items: Sequence[NewsItem], voices: Sequence[int], name: str) -> Said | None:
    """Return what most voices say of a field; None where nobody says anything."""
    by_value: dict[tuple[float | str, str | None], list[int]] = defaultdict(list)
    for index, item in enumerate(items):
        value = getattr(item, name)
        if value is not None:
            currency = item.investment_currency if name == "investment_amount" else None
            by_value[value, currency].append(index)
    if not by_value:
        return None
    value, currency = max(by_value, key=lambda key: (len({voices[i] for i in by_value[key]}), -by_value[key][0]))
    return Said(value, len(by_value[value, currency]), currency)


def _named(items: Sequence[NewsItem], voices: Sequence[int], name: str) -> tuple[str, ...]:
    """Return what items name, the most named first, without what few voices name."""
    named: dict[str, set[int]] = defaultdict(set)
    for item, voice in zip(items, voices, strict=True):
        for value in getattr(item, name):
            named[value].add(voice)
    most = max(map(len, named.values()), default=0)
    kept = {value: len(by) for value, by in named.items() if 2 * len(by) >= most}
    return tuple(sorted(kept, key=lambda value: (-kept[value], value)))


def once(items: Sequence[NewsItem]) -> list[NewsItem]:
    """Return items without pages that several sources tell of: the best tier stays, then the one known first."""
    best: dict[str, NewsItem] = {}
    for item in sorted(items, key=lambda item: (item.tier, item.known_at, item.source_id)):
        best.setdefault(item.item_id, item)
    return sorted(best.values(), key=lambda item: (item.published, item.item_id))


def candidates_of(items: Sequence[NewsItem]) -> list[Candidate]:
    """Return the candidates that items make, the newest first."""
    members: dict[int, list[NewsItem]] = defaultdict(list)
    for item, number in zip(items, clustering.cluster([item.clustered for item in items]), strict=True):
        members[number].append(item)
    found = [candidate_of(some) for some in members.values()]
    return sorted(found, key=lambda one: (one.first_day, one.candidate_id), reverse=True)


def split_list(text: str | None) -> tuple[str, ...]:
    """Return the parts of a list joined by `;`."""
    return tuple(part.strip() for part in (text or "").split(";") if part.strip())


def item_of(row: Mapping[str, Any]) -> NewsItem:
    """Return a row of core_announcement_item as an item."""
    values = {name: row[name] for name in NewsItem.__dataclass_fields__ if name in row}
    lists = {"countries": row["site_iso3s"], "vendors": row["vendors"], "components": row["components"]}
    values |= {name: split_list(text) for name, text in lists.items()}
    values["title"] = row["title"] or ""
    return NewsItem(**values)
