"""How a candidate event stands to the reviewed ledger: new, or telling again, more or otherwise what a chain tells.

Pure. Only what the ledger held by the time of the candidate counts, and the reasons are words for people.
"""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from rapidfuzz import fuzz

from ingest.events.candidate import FIGURES, STOPPED, Candidate, Said
from ingest.events.figures import UNITS, figure_words, is_of_another_currency, told_of
from ingest.events.ledger import LedgerEvent, key_of, makers_of, parties_of, plays, words_of
from ingest.extraction.lexicon import read_terms

Verdict = Literal["new", "updates", "contradicts", "confirms"]
# Reports of one event lie within these days of each other: one desk is late, another sits beyond midnight.
SAME_EVENT_DAYS = 5
# A chain that nothing was heard of for longer is not continued by country, vendor and component alone.
QUIET_DAYS = 365
# What is for a whole country has no site to mistake, and runs on without news.
NATIONWIDE = "localized_chatgpt"
# Shorter names are found in any title; a longer one may differ by a letter, which must not tell UK from UAE.
MIN_NAME, IN_TITLE = 6, 96
PROGRESS = ("negotiating", "announced", "signed", "under_construction", "operational")


@dataclass(frozen=True)
class Match:
    """What became of a candidate. `deal_id` is the event it was found beside, `chain_id` the chain of that event.

    `score` is the share of the rules that could be judged and hold: country, vendor, component, date, figures, text.
    """

    verdict: Verdict
    deal_id: str | None
    chain_id: str | None
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _Beside:
    """A chain beside a candidate: which rules hold (None: cannot be judged), and how many days lie between."""

    events: tuple[LedgerEvent, ...]
    country: bool | None
    vendor: bool | None
    component: bool | None
    is_nationwide: bool
    date: bool
    figures: bool | None
    program: bool
    site: bool
    days: int
    days_since_last: int

    @property
    def text(self) -> bool:
        """Whether a title names the programme or the site."""
        return self.program or self.site

    @property
    def rules(self) -> list[bool]:
        """The rules that could be judged, in their order."""
        told = (self.country, self.vendor, self.component, self.date, self.figures, self.text)
        return [rule for rule in told if rule is not None]

    @property
    def is_of_vendor(self) -> bool:
        """Whether country, vendor and component hold."""
        return bool(self.country and self.vendor and self.component)

    def is_same(self, is_alone: bool) -> bool:
        """Whether the candidate belongs to the chain: a later item continues an old one, so no date rules that out.

        `is_alone` says that no other chain is of the vendor there.
        """
        if self.country is False or (self.country is None and not self.program):
            return False
        if self.vendor is False:
            return self.program
        if self.component is False and not self.text:
            return False
        if self.text:
            return True
        if self.vendor is None:
            return False
        # One vendor has several deals in a country: with another figure it is another deal, unless a name ties them.
        is_recent = self.is_of_vendor and is_alone and (self.is_nationwide or self.days_since_last <= QUIET_DAYS)
        return self.figures is True or (self.figures is None and (self.date or is_recent))


def match(candidate: Candidate, ledger: Sequence[LedgerEvent], names: Mapping[str, str], today: date) -> Match:
    """Return how a candidate stands to the ledger as it was known at its time, and by `today`.

    `names` gives the key of an organisation by its name in lower case, see `key_of`.
    """
    until = candidate.last_day + timedelta(days=SAME_EVENT_DAYS)
    chains: dict[str, list[LedgerEvent]] = defaultdict(list)
    for event in sorted(ledger, key=lambda event: (event.event_date, event.deal_id)):
        is_elsewhere = candidate.countries and event.iso3 and event.iso3 not in candidate.countries
        if event.event_date <= until and event.known_at <= min(until, today) and not is_elsewhere:
            chains[event.chain_id].append(event)
    vendors = {key_of(name, names) for name in candidate.vendors}
    # Without a country only the name of a programme can tell the chain, which is seen at once.
    near = [tuple(events) for events in chains.values() if candidate.countries or _is_program_named(candidate, events)]
    judged = [_beside(candidate, vendors, events) for events in near]
    is_alone = sum(beside.is_of_vendor for beside in judged) == 1
    found = [beside for beside in judged if beside.is_same(is_alone)]
    if not found:
        return Match("new", None, None, 0.0, (_nothing_like(candidate, chains, vendors),))
    # Two sites of a vendor may have one size: the name of a place tells more than a figure.
    best = max(found, key=lambda one: (one.text, _score(one), one.program, -one.days, one.events[0].chain_id))
    return _judged(candidate, vendors, best)


def _score(beside: _Beside) -> float:
    return round(sum(beside.rules) / len(beside.rules), 2)


def _beside(candidate: Candidate, vendors: set[str], events: tuple[LedgerEvent, ...]) -> _Beside:
    countries = {event.iso3 for event in events if event.iso3}
    parties = parties_of(events)
    signs = {vendor for vendor in vendors if plays(vendor, parties) or not plays(vendor, makers_of(events))}
    components = {component for event in events for component in event.components}
    days = min(_days_apart(event.event_date, candidate) for event in events)
    sites = {name for event in events for name in _names(event.site, r"[;,()]| near | and | in ")}
    judged = [
        agrees for name, said in candidate.figures.items() if (agrees := told_of(name, said, events)[1]) is not None
    ]
    return _Beside(
        events=events,
        country=bool(set(candidate.countries) & countries) if candidate.countries and countries else None,
        vendor=any(plays(sign, parties) for sign in signs) if signs else None,
        component=bool(set(candidate.components) & components) if candidate.components else None,
        is_nationwide=NATIONWIDE in candidate.components,
        date=days <= SAME_EVENT_DAYS,
        figures=any(judged) if judged else None,
        program=_is_program_named(candidate, events),
        # The name of a whole country tells no site in it.
        site=_is_named(sites - _terms("country", "region"), candidate),
        days=days,
        days_since_last=(candidate.first_day - events[-1].event_date).days,
    )


def _days_apart(day: date, candidate: Candidate) -> int:
    return max((candidate.first_day - day).days, (day - candidate.last_day).days, 0)


def _is_program_named(candidate: Candidate, events: Sequence[LedgerEvent]) -> bool:
    """Whether a title names the programme of a chain; one that is called after its parties alone is named by none."""
    programs = {name for event in events for name in _names(event.program, r"[;,()]")}
    return _is_named(programs - {words_of(one) for one in parties_of(events)}, candidate)


@cache
def _names(text: str, between: str) -> list[str]:
    """Return the names within the name of a programme or a site: `Kvandal near Narvik` has two, `not chosen` none."""
    parts = [words_of(part) for part in re.split(between, text) if not part.strip()[:1].islower()]
    return [part for part in parts if len(part) >= MIN_NAME + 2]


def _is_named(names: set[str], candidate: Candidate) -> bool:
    titles = [words_of(title) for title in candidate.titles]
    return any(
        len(name) <= len(title) and fuzz.partial_ratio(name, title) >= IN_TITLE for name in names for title in titles
    )


def _judged(candidate: Candidate, vendors: set[str], beside: _Beside) -> Match:
    """Return the verdict on a candidate of this chain, with a reason for each field that decided it."""
    against, beyond, same = [], [], []
    against_stage, beyond_stage, same_stage = _stage(candidate, beside.events)
    against += against_stage
    beyond += beyond_stage
    same += same_stage
    for name in FIGURES:
        if said := candidate.figures.get(name):
            told, agrees = told_of(name, said, beside.events)
            if agrees is None and is_of_another_currency(said, beside.events):
                continue
            reason = _reason(name, told, said)
            (same if agrees else beyond if agrees is None else against).append(reason)
    parties = parties_of(beside.events)
    known = parties | makers_of(beside.events)
    if strangers := sorted(vendor for vendor in vendors if not plays(vendor, known)):
        items = _items(len(candidate.items))
        reason = f"parties: the ledger says {', '.join(sorted(parties))}, {items} {', '.join(strangers)}"
        (against if beside.vendor is False else beyond).append(reason)
    components = {component for event in beside.events for component in event.components}
    if more := sorted(set(candidate.components) - components):
        beyond.append(f"components: the ledger tells {', '.join(sorted(components))}, the items also {', '.join(more)}")
    if doubt := _doubt(candidate, beside):
        beyond.append(doubt)
    verdict: Verdict = "contradicts" if against else "updates" if beyond else "confirms"
    nearest = min(beside.events, key=lambda event: (_days_apart(event.event_date, candidate), event.deal_id))
    # What goes beyond the chain continues its last event; what it knows already is the event nearest in time.
    event = nearest if verdict == "confirms" else beside.events[-1]
    reasons = against or beyond or same or [f"nothing that {nearest.deal_id} does not tell"]
    return Match(verdict, event.deal_id, event.chain_id, _score(beside), tuple(reasons))


def _doubt(candidate: Candidate, beside: _Beside) -> str | None:
    """Return why it may be another deal of the same vendor in the country; None where a name or a figure ties them."""
    sites = " ".join(words_of(event.site) for event in beside.events)
    elsewhere = sorted(place for place in _places(candidate) if words_of(place) not in sites)
    if beside.site or (not elsewhere and (beside.program or beside.figures)):
        return None
    told = next((event.site for event in reversed(beside.events) if event.site), beside.events[-1].program)
    said = f"{_items(len(candidate.items))} {', '.join(elsewhere)}" if elsewhere else "no title names it"
    return f"place: the ledger says {told}, {said}; it may be another deal"


def _places(candidate: Candidate) -> set[str]:
    """Return the places within a country by which titles tell that country."""
    told = [(item.title, one) for item in candidate.items for one in json.loads(item.evidence)]
    named = {title[one["start"] : one["end"]] for title, one in told if one["field"] == "countries"}
    return {name for name in named if words_of(name) in _terms("place", "ambiguous")}


@cache
def _terms(*kinds: str) -> frozenset[str]:
    return frozenset(words_of(one.term) for one in read_terms("places") if one.kind in kinds)


def _stage(candidate: Candidate, events: Sequence[LedgerEvent]) -> tuple[list[str], list[str], list[str]]:
    """Return what is said of the stage: against the ledger, beyond it, and as it has it."""
    if candidate.stage is None:
        return [], [], []
    deciding = [event for event in events if event.event_type != "regulatory"] or list(events)
    told, said = deciding[-1].stage, str(candidate.stage.value)
    reason = [_reason("stage", told, candidate.stage)]
    if said == told:
        return [], [], reason
    if said in STOPPED:
        if told == "operational" or (told, said) == ("cancelled", "paused"):
            return reason, [], []
        return [], reason, []
    if told in STOPPED:
        if PROGRESS.index(said) >= PROGRESS.index("signed"):
            return reason, [], []
        # An announcement told again after the stop may be a restart.
        is_beyond = candidate.last_day > deciding[-1].event_date
    else:
        is_beyond = PROGRESS.index(said) > max(PROGRESS.index(one.stage) for one in deciding if one.stage in PROGRESS)
    return ([], reason, []) if is_beyond else ([], [], reason)


def _reason(name: str, told: str, said: Said) -> str:
    value = figure_words(name, said.value, said.currency) if name in UNITS else str(said.value)
    return f"{name}: the ledger says {told}, {_items(said.n_items)} {value}"


def _items(number: int) -> str:
    return "1 item says" if number == 1 else f"{number} items say"


def _nothing_like(candidate: Candidate, chains: Mapping[str, Sequence[LedgerEvent]], vendors: set[str]) -> str:
    """Return why a candidate is new."""
    there = [events for events in chains.values() if {event.iso3 for event in events} & set(candidate.countries)]
    where = ", ".join(candidate.countries)
    if not candidate.countries:
        return "countries: the items name none, and no programme of the ledger"
    if not there:
        return f"countries: the ledger tells nothing of {where} by then"
    parties = parties_of([event for events in there for event in events])
    if vendors and not any(plays(vendor, parties) for vendor in vendors):
        return f"parties: the ledger names nobody of {', '.join(sorted(vendors))} in {where} by then"
    return f"events: none of the {len(there)} chains of the ledger in {where} is about this"
