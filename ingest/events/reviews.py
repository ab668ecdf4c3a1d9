"""What people decided about candidates, and whether a candidate waits for them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ingest.events.candidate import FIGURES, Candidate, NewsItem, split_list
from ingest.events.figures import is_close
from ingest.events.matching import Verdict

State = Literal["waiting", "accepted", "rejected", "not_needed"]


@dataclass(frozen=True)
class Review:
    """A decision on the items a candidate had. `deal_id` is the event of the ledger it became."""

    candidate_id: str
    item_ids: frozenset[str]
    decision: Literal["accepted", "rejected"]
    reviewer: str
    reviewed_on: date
    reason: str | None
    deal_id: str | None


def review_of(row: Mapping[str, Any]) -> Review:
    """Return a row of the source candidate_reviews as a decision."""
    values = {name: row[name] for name in Review.__dataclass_fields__ if name != "item_ids"}
    return Review(item_ids=frozenset(split_list(row["item_ids"])), **values)


def state_of(candidate: Candidate, verdict: Verdict, reviews: Sequence[Review]) -> tuple[State, Review | None]:
    """Return whether a candidate waits, and the last decision on any of its items.

    `reviews` are in the order of their file. A decided candidate waits again when an item nobody has seen brings a
    fact that none of those seen told, unless the ledger tells all of it by now.
    """
    items = {item.item_id for item in candidate.items}
    mine = [review for review in reviews if review.item_ids & items]
    if not mine:
        return ("not_needed" if verdict == "confirms" else "waiting"), None
    last = mine[-1]
    seen = frozenset[str]().union(*(review.item_ids for review in mine))
    if verdict != "confirms" and news_of(candidate, seen):
        return "waiting", last
    return last.decision, last


def news_of(candidate: Candidate, seen: Iterable[str]) -> list[str]:
    """Return what a candidate tells that its items seen before did not, as `field: value`."""
    known = set(seen)
    before = [item for item in candidate.items if item.item_id in known]
    told: list[str] = []
    if len(before) == len(candidate.items):
        return told
    for name in ("countries", "vendors", "components"):
        old = {value for item in before for value in getattr(item, name)}
        told += [f"{name}: {value}" for value in getattr(candidate, name) if value not in old]
    if candidate.stage and all(item.stage != candidate.stage.value for item in before):
        told.append(f"stage: {candidate.stage.value}")
    for name in FIGURES:
        said = candidate.figures.get(name)
        if said and not any(_tells(item, name, float(said.value), said.currency) for item in before):
            told.append(f"{name}: {said.value:,}")
    return told


def _tells(item: NewsItem, name: str, value: float, currency: str | None) -> bool:
    own = getattr(item, name)
    return own is not None and is_close(own, value) and currency in (None, item.investment_currency)
