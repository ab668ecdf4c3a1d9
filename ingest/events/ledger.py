"""The ledger's events as matching reads them, and who plays a part in them. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from ingest.events.candidate import split_list

# Figures of the ledger under the names that items have for them.
FIGURES = {
    "capacity_mw": "capacity_mw_announced", "capacity_mw_phase1": "capacity_mw_phase1",
    "capacity_mw_target": "capacity_mw_target", "gpu_count": "gpu_count", "investment_amount": "investment_amount",
}  # fmt: skip
WORDS = ("gpu_note", "investment_qualifier", "ownership_notes", "public_funding_notes")
# Who makes the chips says nothing of which deal it is.
IS_NO_SIGN = "chip_vendor"


@dataclass(frozen=True)
class LedgerEvent:
    """An event of the ledger, as matching needs it. Organisations are told by their keys, see `key_of`.

    `parties` play a part by which a deal is known; `makers` only make its chips. `words` is what the row tells in
    words, in which further figures may stand; `gpu_note` is the part of them on accelerators.
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
    gpu_note: str


def ledger_events(
    rows: Iterable[Mapping[str, Any]], parties: Iterable[Mapping[str, Any]], names: Mapping[str, str]
) -> list[LedgerEvent]:
    """Return events of core_announcement, each with the `chain_id` of core_chain_event, and who plays which part.

    `parties` has the columns of core_deal_party; `names` gives the org_id of an organisation by its name in lower case.
    """
    playing: dict[str, set[str]] = defaultdict(set)
    makers: dict[str, set[str]] = defaultdict(set)
    for party in parties:
        if party["confidence"] != "low":
            (makers if party["role"] == IS_NO_SIGN else playing)[party["announcement_id"]].add(party["org_id"])
    found = []
    for row in rows:
        deal_id = row["announcement_id"]
        lead = key_of(row["lead_vendor"], names)
        named = {key_of(name, names) for name in split_list(row["local_partners"])} | playing[deal_id]
        found.append(
            LedgerEvent(
                deal_id=deal_id, chain_id=row["chain_id"] or deal_id, iso3=row["iso3"], event_date=row["event_date"],
                known_at=row["known_at"], stage=row["stage"], event_type=row["event_type"],
                program=row["program"] or "", site=row["site"] or "", components=split_list(row["components"]),
                parties=frozenset((named - makers[deal_id]) | playing[deal_id] | {lead}),
                makers=frozenset(makers[deal_id]),
                figures={name: float(row[column]) for name, column in FIGURES.items() if row[column] is not None},
                investment_currency=row["investment_currency"],
                words=" ".join(row[name] for name in WORDS if row[name]),
                gpu_note=row["gpu_note"] or "",
            )
        )  # fmt: skip
    return found


def key_of(name: str, names: Mapping[str, str]) -> str:
    """Return the key of an organisation: its org_id where it is known, else its name in lower case."""
    told = name.strip().casefold()
    return names.get(told, told)


def parties_of(events: Sequence[LedgerEvent]) -> frozenset[str]:
    """Return all who play a part in events."""
    return frozenset[str]().union(*(event.parties for event in events))


def makers_of(events: Sequence[LedgerEvent]) -> frozenset[str]:
    """Return all who make the chips of events."""
    return frozenset[str]().union(*(event.makers for event in events))


def plays(vendor: str, parties: frozenset[str]) -> bool:
    """Whether a vendor is among parties: by its key, or by a part of a longer name, as `tata` in `tata-group`."""
    words = set(words_of(vendor).split())
    return vendor in parties or any(words <= set(words_of(party).split()) for party in parties)


@cache
def words_of(text: str) -> str:
    """Return the words of a text in one case, with a blank on both sides, so that only whole words are found."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return f" {' '.join(words)} "
