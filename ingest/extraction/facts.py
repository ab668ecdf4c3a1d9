"""What is read out of one text: the record that the modules of extraction fill, and its columns in a feed. Pure.

A fact says where in the text it stands, as character offsets; the text itself is not kept.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Capacity:
    """A capacity of a site or programme, MW, and what it is about."""

    mw: float
    role: str
    start: int
    end: int


@dataclass(frozen=True)
class Money:
    """Money named, in whole units of its ISO 4217 currency, and what it is about."""

    amount: float
    currency: str
    qualifier: str
    start: int
    end: int


@dataclass(frozen=True)
class Evidence:
    """Characters `start` to `end` of the text are why a field has a value."""

    field: str
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Facts:
    """Everything that is read out of one text. Countries are ISO 3166-1 alpha-3, XKX for Kosovo.

    `countries` host the site; `party_countries` are named as investor, counterpart or in another role. What the text
    does not say is None or empty, never zero or no.
    """

    is_relevant: bool
    countries: tuple[str, ...] = ()
    party_countries: tuple[str, ...] = ()
    capacities: tuple[Capacity, ...] = ()
    gpus: int | None = None
    money: tuple[Money, ...] = ()
    vendors: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    stage: str | None = None
    ownership: str | None = None
    public_cofunding: str | None = None
    sovereign_guarantee: str | None = None
    evidence: tuple[Evidence, ...] = ()


def columns_of(facts: Facts) -> dict[str, Any]:
    """Return facts as the columns of an item of a feed: lists joined by `;`, figures by role, evidence as JSON."""
    by_role = {capacity.role: capacity.mw for capacity in reversed(facts.capacities)}
    headline = [c.mw for c in facts.capacities if c.role in ("announced", "up_to")]
    money = facts.money[0] if facts.money else None
    return {
        "is_relevant": facts.is_relevant,
        "site_iso3s": _joined(facts.countries),
        "party_iso3s": _joined(facts.party_countries),
        "capacity_mw": headline[0] if headline else None,
        "capacity_mw_phase1": by_role.get("phase1"),
        "capacity_mw_target": by_role.get("target"),
        "gpu_count": facts.gpus,
        "investment_amount": money.amount if money else None,
        "investment_currency": money.currency if money else None,
        "investment_qualifier": money.qualifier if money else None,
        "vendors": _joined(facts.vendors),
        "components": _joined(facts.components),
        "stage": facts.stage,
        "ownership": facts.ownership,
        "public_cofunding": facts.public_cofunding,
        "sovereign_guarantee": facts.sovereign_guarantee,
        "evidence": json.dumps([asdict(one) for one in facts.evidence], ensure_ascii=False),
    }


def _joined(values: tuple[str, ...]) -> str | None:
    return ";".join(values) or None
