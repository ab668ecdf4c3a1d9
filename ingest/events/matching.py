"""How a candidate event stands to the reviewed ledger: new, or telling again, more or otherwise what a chain tells.

Pure. Only what the ledger held by the time of the candidate counts, and the reasons are words for people.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from rapidfuzz import fuzz

from ingest.events.candidate import FIGURES, STOPPED, Candidate, Said

Verdict = Literal["new", "updates", "contradicts", "confirms"]
# Reports of one event lie within these days of each other: one desk is late, another sits beyond midnight.
SAME_EVENT_DAYS = 5
# A chain that nothing was heard of for longer is not continued by country, vendor and component alone.
QUIET_DAYS = 365
# Figures that far apart are one figure rounded twice.
TOLERANCE = 0.1
# Shorter names are found in any title; a longer one may differ by a letter, which must not tell UK from UAE.
MIN_NAME, IN_TITLE = 6, 96
PROGRESS = ("negotiating", "announced", "signed", "under_construction", "operational")
MEGAWATTS = ("capacity_mw", "capacity_mw_phase1", "capacity_mw_target")
UNITS = dict.fromkeys(MEGAWATTS, " MW") | {"gpu_count": " GPUs", "investment_amount": ""}


@dataclass(frozen=True)
class LedgerEvent:
    """An event of the ledger, as matching needs it. Organisations are told by their keys, see `key_of`.

    `parties` play a part by which a deal is known; `makers` only make its chips. `words` is what the row tells in
    words, in which further figures may stand.
    """

    deal_id: str
    chain_id: str
    iso3: str | None
    event_date: date
    known_at: date
    stage: str
    event_type: str
    program: str
    site: str
    components: tuple[str, ...]
    parties: frozenset[str]
    makers: frozenset[str]
    figures: Mapping[str, float]
    investment_currency: str | None
    words: str


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
    def is_same(self) -> bool:
        """Whether the candidate belongs to the chain: a later item continues an old one, so no date rules that out."""
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
        is_told_again = self.date or self.figures is True
        return is_told_again or (self.figures is None and self.component is True and self.days_since_last <= QUIET_DAYS)


def match(candidate: Candidate, ledger: Sequence[LedgerEvent], names: Mapping[str, str], today: date) -> Match:
    """Return how a candidate stands to the ledger as it was known at its time, and by `today`.

    `names` gives the key of an organisation by its name in lower case, see `key_of`.
    """
    until = candidate.last_day + timedelta(days=SAME_EVENT_DAYS)
    chains: dict[str, list[LedgerEvent]] = defaultdict(list)
    for event in sorted(ledger, key=lambda event: (event.event_date, event.deal_id)):
        if event.event_date <= until and event.known_at <= min(until, today):
            chains[event.chain_id].append(event)
    vendors = {key_of(name, names) for name in candidate.vendors}
    found = [beside for events in chains.values() if (beside := _beside(candidate, vendors, tuple(events))).is_same]
    if not found:
        return Match("new", None, None, 0.0, (_nothing_like(candidate, chains, vendors),))
    best = max(found, key=lambda one: (_score(one), one.program, -one.days, one.events[0].chain_id))
    return _judged(candidate, vendors, best)


def key_of(name: str, names: Mapping[str, str]) -> str:
    """Return the key of an organisation: its org_id where it is known, else its name in lower case."""
    told = name.strip().casefold()
    return names.get(told, told)


def _score(beside: _Beside) -> float:
    return round(sum(beside.rules) / len(beside.rules), 2)


def _beside(candidate: Candidate, vendors: set[str], events: tuple[LedgerEvent, ...]) -> _Beside:
    countries = {event.iso3 for event in events if event.iso3}
    parties = _parties(events)
    signs = vendors - (_makers(events) - parties)
    components = {component for event in events for component in event.components}
    days = min(_days_apart(event.event_date, candidate) for event in events)
    programs = {name for event in events for name in _names(event.program)}
    sites = {name for event in events for name in _names(event.site)}
    agreements = [_figure_agrees(name, said, events) for name, said in candidate.figures.items()]
    judged = [agrees for agrees in agreements if agrees is not None]
    return _Beside(
        events=events,
        country=bool(set(candidate.countries) & countries) if candidate.countries and countries else None,
        vendor=bool(signs & parties) if signs else None,
        component=bool(set(candidate.components) & components) if candidate.components else None,
        date=days <= SAME_EVENT_DAYS,
        figures=any(judged) if judged else None,
        program=_is_named(programs, candidate),
        site=_is_named(sites, candidate),
        days=days,
        days_since_last=(candidate.first_day - events[-1].event_date).days,
    )


def _parties(events: Sequence[LedgerEvent]) -> frozenset[str]:
    return frozenset[str]().union(*(event.parties for event in events))


def _makers(events: Sequence[LedgerEvent]) -> frozenset[str]:
    return frozenset[str]().union(*(event.makers for event in events))


def _days_apart(day: date, candidate: Candidate) -> int:
    return max((candidate.first_day - day).days, (day - candidate.last_day).days, 0)


def _names(text: str) -> list[str]:
    """Return the names within the name of a programme or a site: `Kvandal near Narvik` has two."""
    parts = [_words(part) for part in re.split(r"[;,()]| near | and | in ", text)]
    return [part for part in parts if len(part) >= MIN_NAME + 2]


def _is_named(names: set[str], candidate: Candidate) -> bool:
    titles = [_words(title) for title in candidate.titles]
    return any(
        len(name) <= len(title) and fuzz.partial_ratio(name, title) >= IN_TITLE for name in names for title in titles
    )


def _words(text: str) -> str:
    """Return the words of a text in one case, with a blank on both sides, so that only whole words are found."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return f" {' '.join(words)} "


def _figure_agrees(name: str, said: Said, events: Sequence[LedgerEvent]) -> bool | None:
    """Whether the ledger tells a figure, in a field of its kind or in its words; None where it tells none such."""
    value = float(said.value)
    fields = MEGAWATTS if name in MEGAWATTS else (name,)
    told = [
        event.figures[field] for event in events for field in fields
        if field in event.figures and (said.currency is None or said.currency == event.investment_currency)
    ]  # fmt: skip
    if any(is_close(value, other) for other in told):
        return True
    if any(re.search(rf"(?<![\d.,]){re.escape(f'{value:,.0f}')}(?![\d,]*\d)", event.words) for event in events):
        return True
    is_told = any(
        name in event.figures and (said.currency is None or said.currency == event.investment_currency)
        for event in events
    )
    return False if is_told else None


def _is_of_another_currency(said: Said, events: Sequence[LedgerEvent]) -> bool:
    """Whether money cannot be compared: the ledger tells it in other currencies alone."""
    return said.currency is not None and any("investment_amount" in event.figures for event in events)


def is_close(one: float, other: float) -> bool:
    """Whether two figures are one, rounded twice."""
    return abs(one - other) <= TOLERANCE * max(abs(one), abs(other))


def _judged(candidate: Candidate, vendors: set[str], beside: _Beside) -> Match:
    """Return the verdict on a candidate of this chain, with a reason for each field that decided it."""
    against, beyond, same = [], [], []
    against_stage, beyond_stage, same_stage = _stage(candidate, beside.events)
    against += against_stage
    beyond += beyond_stage
    same += same_stage
    for name in FIGURES:
        if said := candidate.figures.get(name):
            agrees = _figure_agrees(name, said, beside.events)
            if agrees is None and _is_of_another_currency(said, beside.events):
                continue
            reason = _reason(name, _told_figure(name, beside.events), said)
            (same if agrees else beyond if agrees is None else against).append(reason)
    parties = _parties(beside.events)
    if strangers := sorted(vendors - parties - _makers(beside.events)):
        items = _items(len(candidate.items))
        told = f"parties: the ledger says {', '.join(sorted(parties))}, {items} {', '.join(strangers)}"
        (against if beside.vendor is False else beyond).append(told)
    components = {component for event in beside.events for component in event.components}
    if more := sorted(set(candidate.components) - components):
        beyond.append(f"components: the ledger tells {', '.join(sorted(components))}, the items also {', '.join(more)}")
    verdict: Verdict = "contradicts" if against else "updates" if beyond else "confirms"
    nearest = min(beside.events, key=lambda event: (_days_apart(event.event_date, candidate), event.deal_id))
    # What goes beyond the chain continues its last event; what it knows already is the event nearest in time.
    event = nearest if verdict == "confirms" else beside.events[-1]
    reasons = against or beyond or same or [f"nothing that {nearest.deal_id} does not tell"]
    return Match(verdict, event.deal_id, event.chain_id, _score(beside), tuple(reasons))


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
        is_going_on = PROGRESS.index(said) >= PROGRESS.index("signed")
        return (reason, [], []) if is_going_on else ([], [], reason)
    reached = max(PROGRESS.index(event.stage) for event in deciding if event.stage in PROGRESS)
    return ([], reason, []) if PROGRESS.index(said) > reached else ([], [], reason)


def _told_figure(name: str, events: Sequence[LedgerEvent]) -> str:
    told = [(event.figures[name], event.investment_currency) for event in events if name in event.figures]
    return _figure(name, told[-1][0], told[-1][1]) if told else "none"


def _figure(name: str, value: float | str, currency: str | None) -> str:
    before = f"{currency} " if name == "investment_amount" and currency else ""
    return f"{before}{value:,.0f}{UNITS[name]}" if isinstance(value, int | float) else value


def _reason(name: str, told: str, said: Said) -> str:
    value = _figure(name, said.value, said.currency) if name in UNITS else str(said.value)
    return f"{name}: the ledger says {told}, {_items(said.n_items)} {value}"


def _items(number: int) -> str:
    return "1 item says" if number == 1 else f"{number} items say"


def _nothing_like(candidate: Candidate, chains: Mapping[str, Sequence[LedgerEvent]], vendors: set[str]) -> str:
    """Return why a candidate is new."""
    there = [events for events in chains.values() if {event.iso3 for event in events} & set(candidate.countries)]
    where = ", ".join(candidate.countries) or "no country"
    if not there:
        return f"countries: the ledger tells nothing of {where} by then"
    parties = _parties([event for events in there for event in events])
    if vendors and not vendors & parties:
        return f"parties: the ledger names nobody of {', '.join(sorted(vendors))} in {where} by then"
    return f"events: none of the {len(there)} chains of the ledger in {where} is about this"
