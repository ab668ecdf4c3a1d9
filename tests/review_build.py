"""A published build with candidates: items of a feed that never was, beside an invented chain of the ledger."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from ingest.events.table import event_table

DAY = date(2026, 10, 1)
NEW, PAUSED, TOLD = "a" * 16, "b" * 16, "c" * 16
TITLE = "OpenAI plans 100MW data centre in Ghana"


def item(item_id: str, title: str, **cells: Any) -> dict[str, Any]:
    """Return a row of core_announcement_item."""
    return {
        "source_id": "feed", "item_id": item_id, "url": f"https://outlet.example/{item_id}", "title": title,
        "language": "en", "published_at": None, "published_on": DAY, "is_relevant": True, "site_iso3s": "GHA",
        "party_iso3s": None, "capacity_mw": None, "capacity_mw_phase1": None, "capacity_mw_target": None,
        "gpu_count": None, "investment_amount": None, "investment_currency": None, "investment_qualifier": None,
        "vendors": "OpenAI", "components": "data_center", "stage": "announced", "ownership": None,
        "public_cofunding": None, "sovereign_guarantee": None, "evidence": "[]", "first_seen": DAY, "known_at": DAY,
        "content_sha256": "0" * 64, "tier": 4,
    } | cells  # fmt: skip


def evidence(title: str, **words: str) -> str:
    """Return why fields have their values: each by the words of the title that say so."""
    told = [(field, word, title.index(word)) for field, word in words.items()]
    return json.dumps([{"field": field, "value": word, "start": start, "end": start + len(word)}
                       for field, word, start in told])  # fmt: skip


ITEMS = [
    item(NEW, TITLE, capacity_mw=100.0, evidence=evidence(TITLE, countries="Ghana", capacity_mw="100MW")),
    item(PAUSED, "OpenAI and Nscale resume work at Stargate UK", site_iso3s="GBR", vendors="OpenAI;Nscale",
         stage="under_construction", url="https://second.example/uk"),
    item(TOLD, "OpenAI pauses Stargate UK", site_iso3s="GBR", stage="paused", url="https://third.example/uk",
         published_on=date(2026, 4, 9), first_seen=date(2026, 4, 9), known_at=date(2026, 4, 9)),
]  # fmt: skip
CHAIN = {
    "announcement_id": "oai-gbr-pause-2026-04", "chain_id": "oai-gbr-stargate-2025-09", "iso3": "GBR",
    "event_date": date(2026, 4, 9), "known_at": date(2026, 4, 9), "stage": "paused", "event_type": "status_change",
    "program": "Stargate UK", "site": "Cobalt Park, North Tyneside", "components": "data_center",
    "lead_vendor": "OpenAI", "local_partners": "Nscale; NVIDIA", "capacity_mw_announced": None,
    "capacity_mw_phase1": None, "capacity_mw_target": None, "gpu_count": None, "gpu_note": None,
    "investment_amount": None, "investment_currency": None, "investment_qualifier": None, "ownership_notes": None,
    "public_funding_notes": None, "source_url": "https://example.org/paused",
}  # fmt: skip


def write(published: Path, items: list[dict[str, Any]], today: date) -> None:
    """Put a build with the candidates of these items in force."""
    published.mkdir(parents=True, exist_ok=True)
    (published / "atlas.duckdb").unlink(missing_ok=True)
    with duckdb.connect(str(published / "atlas.duckdb")) as con:
        con.sql("create schema core; create schema marts; create schema ops")
        frames = {
            "core.core_announcement_item": pl.DataFrame(items, infer_schema_length=None),
            "marts.mart_announcement_ledger": pl.DataFrame([CHAIN]),
            "marts.mart_announcement_candidate": event_table(items, [CHAIN], [], {}, [], today),
        }
        for name, frame in frames.items():
            con.register("incoming", frame)
            con.sql(f"create table {name} as select * from incoming")
            con.unregister("incoming")
