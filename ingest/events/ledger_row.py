"""A row of the ledger made of an accepted candidate, and of what only a person can decide. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from ingest.errors import UsageError
from ingest.events.candidate import Candidate

# Columns of the ledger that an event must tell, with the option that tells them.
NEEDED = {
    "program": "--program", "program_family": "--family", "lead_vendor": "--vendor", "components": "--components",
    "stage": "--stage", "event_type": "--event-type",
}  # fmt: skip
# The tier from which on a source tells what others told it.
PRESS_TIER = 4
FIGURES = {
    "capacity_mw": "capacity_mw_announced", "capacity_mw_phase1": "capacity_mw_phase1",
    "capacity_mw_target": "capacity_mw_target", "gpu_count": "gpus", "investment_amount": "investment_amount",
}  # fmt: skip


def prefilled(candidate: Candidate, parent: Mapping[str, str] | None) -> dict[str, str]:
    """Return the cells of a new event as far as the candidate tells them, by the names in the ledger's file.

    `parent` is the row of the event it continues, from which programme, family, vendor and site are taken over.
    """
    source = min(candidate.items, key=lambda item: (item.tier, item.published, item.item_id))
    cells = {
        "announcement_date": str(candidate.first_day), "date_precision": "day", "scope": _scope(candidate),
        "country_iso3": candidate.countries[0] if len(candidate.countries) == 1 else "",
        "lead_vendor": candidate.vendors[0] if candidate.vendors else "",
        "local_partners": "; ".join(candidate.vendors[1:]), "components": ";".join(candidate.components),
        "stage": str(candidate.stage.value) if candidate.stage else "",
        "event_type": "" if parent else "announcement", "sovereign_guarantee": "unknown", "source_url": source.url,
        "evidence": "corpus_press" if source.tier >= PRESS_TIER else "corpus_primary", "confidence": "medium",
        "is_umbrella": "false", "review": "added",
    }  # fmt: skip
    for name, column in FIGURES.items():
        if said := candidate.figures.get(name):
            cells[column] = f"{said.value:.12g}" if isinstance(said.value, float) else str(said.value)
            if said.currency:
                cells["investment_currency"] = said.currency
    if parent:
        taken_over = ("program", "program_family", "lead_vendor", "local_partners", "site")
        cells |= {name: parent[name] for name in taken_over if parent[name]} | {"parent_deal_id": parent["deal_id"]}
    return cells


def _scope(candidate: Candidate) -> str:
    return {0: "global", 1: "country"}.get(len(candidate.countries), "multi")


def decided(
    columns: Sequence[str], cells: Mapping[str, str], reviewer: str, today: date, candidate_id: str
) -> dict[str, str]:
    """Return a whole row, with who accepted it and a `deal_id` where none was given.

    Raises UsageError, in one message, for a column the ledger does not have and for what nobody has told.
    """
    cells = {name: value.strip() for name, value in cells.items()}
    if unknown := sorted(set(cells) - set(columns)):
        raise UsageError(f"The ledger has no column {', '.join(unknown)}. Its columns are {', '.join(columns)}.")
    if missing := [option for name, option in NEEDED.items() if not cells.get(name)]:
        raise UsageError(f"Expected {' and '.join(missing)}: the items do not tell. `atlas review accept --help`.")
    row = dict.fromkeys(columns, "") | cells
    row["deal_id"] = row["deal_id"] or deal_id_of(row)
    row["review_note"] = row["review_note"] or f"Accepted from the candidates: {candidate_id}"
    return row | {"reviewed_by": reviewer, "reviewed_on": str(today)}


def deal_id_of(row: Mapping[str, str]) -> str:
    """Return an identifier in the style of the ledger: country or scope, vendor, what happened, month."""
    where = row["country_iso3"] or row["scope"].removeprefix("bloc:")
    vendor = "".join(re.findall(r"[a-z0-9]+", row["lead_vendor"].casefold()))[:16]
    what = "" if row["event_type"] == "announcement" else f"-{row['stage'].replace('_', '-')}"
    return f"{where.casefold()}-{vendor}{what}-{row['announcement_date'][:7]}"
