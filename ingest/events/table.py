"""The candidates of a day as rows: items clustered, matched with the ledger, beside what people decided. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from ingest.events.candidate import FIGURES, Candidate, candidates_of, item_of, once
from ingest.events.ledger import LedgerEvent, ledger_events
from ingest.events.matching import match
from ingest.events.reviews import Review, news_of, review_of, state_of

Rows = Iterable[Mapping[str, Any]]
COLUMNS: Mapping[str, Any] = {
    "candidate_id": pl.String, "title": pl.String, "countries": pl.String, "vendors": pl.String,
    "components": pl.String, "stage": pl.String, "capacity_mw": pl.Float64, "capacity_mw_phase1": pl.Float64,
    "capacity_mw_target": pl.Float64, "gpu_count": pl.Int64, "investment_amount": pl.Float64,
    "investment_currency": pl.String, "first_published_on": pl.Date, "last_published_on": pl.Date,
    "n_items": pl.Int64, "n_sources": pl.Int64, "tier": pl.Int64, "verdict": pl.String, "announcement_id": pl.String,
    "chain_id": pl.String, "match_score": pl.Float64, "why": pl.String, "review_state": pl.String,
    "reviewer": pl.String, "reviewed_on": pl.Date, "news": pl.String, "item_ids": pl.String, "urls": pl.String,
    "source_id": pl.String, "first_seen": pl.Date, "known_at": pl.Date,
}  # fmt: skip


def event_table(
    items: Rows, announcements: Rows, parties: Rows, names: Mapping[str, str], reviews: Rows, today: date
) -> pl.DataFrame:
    """Return one row per candidate event of the relevant items known by a day, the newest first.

    `items` has the columns of core_announcement_item, `announcements` those of core_announcement with the `chain_id` of
    core_chain_event, `parties` those of core_deal_party, `reviews` those of candidate_reviews; `names` gives the org_id
    of an organisation by its name in lower case.
    """
    told = once([item_of(row) for row in items if row["is_relevant"] and row["known_at"] <= today])
    ledger = ledger_events(announcements, parties, names)
    decisions = [review_of(row) for row in reviews if row["reviewed_on"] <= today]
    rows = [_row(candidate, ledger, names, decisions, today) for candidate in candidates_of(told)]
    return pl.DataFrame(rows, schema=dict(COLUMNS))


def _row(
    candidate: Candidate,
    ledger: Sequence[LedgerEvent],
    names: Mapping[str, str],
    reviews: Sequence[Review],
    today: date,
) -> dict[str, Any]:
    found = match(candidate, ledger, names, today)
    state, last = state_of(candidate, found.verdict, reviews)
    best = min(candidate.items, key=lambda item: (item.tier, item.published, item.item_id))
    seen = frozenset[str]().union(*(review.item_ids for review in reviews))
    money = candidate.figures.get("investment_amount")
    return {
        "candidate_id": candidate.candidate_id, "title": best.title, "countries": _joined(candidate.countries),
        "vendors": _joined(candidate.vendors), "components": _joined(candidate.components),
        "stage": candidate.stage and candidate.stage.value,
        **{name: candidate.figures[name].value if name in candidate.figures else None for name in FIGURES},
        "investment_currency": money and money.currency, "first_published_on": candidate.first_day,
        "last_published_on": candidate.last_day, "n_items": len(candidate.items), "n_sources": candidate.n_voices,
        "tier": best.tier, "verdict": found.verdict, "announcement_id": found.deal_id, "chain_id": found.chain_id,
        "match_score": found.score, "why": "; ".join(found.reasons), "review_state": state,
        "reviewer": last and last.reviewer, "reviewed_on": last and last.reviewed_on,
        "news": _joined(news_of(candidate, seen)) if last and state == "waiting" else None,
        "item_ids": _joined([item.item_id for item in candidate.items]),
        "urls": " ".join(item.url for item in candidate.items),
        "source_id": "; ".join(sorted({item.source_id for item in candidate.items})),
        "first_seen": min(item.first_seen for item in candidate.items),
        "known_at": max(item.known_at for item in candidate.items),
    }  # fmt: skip


def _joined(values: Iterable[str]) -> str | None:
    return ";".join(values) or None
