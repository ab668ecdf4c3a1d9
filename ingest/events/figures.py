"""What the ledger tells of a figure that items name, and whether the two agree. Pure."""

import re
from collections.abc import Sequence

from ingest.events.candidate import Said
from ingest.events.ledger import LedgerEvent

# Figures that far apart are one figure rounded twice.
TOLERANCE = 0.1
MEGAWATTS = ("capacity_mw", "capacity_mw_phase1", "capacity_mw_target")
UNITS = dict.fromkeys(MEGAWATTS, " MW") | {"gpu_count": " GPUs", "investment_amount": ""}


def told_of(name: str, said: Said, events: Sequence[LedgerEvent]) -> tuple[str, bool | None]:
    """Return what the ledger tells of a figure, and whether it agrees; None where it tells none of its role.

    It agrees with a figure of its kind or with one that stands in the words of the ledger.
    """
    value = float(said.value)
    comparable = [event for event in events if said.currency in (None, event.investment_currency)]
    told = {field: [event.figures[field] for event in comparable if field in event.figures]
            for field in (MEGAWATTS if name in MEGAWATTS else (name,))}  # fmt: skip
    for figures in (told[name], *told.values()):
        for figure in figures:
            if is_close(value, figure):
                return figure_words(name, figure, said.currency), True
    if any(re.search(rf"(?<![\d.,]){re.escape(f'{value:,.0f}')}(?![\d,]*\d)", event.words) for event in events):
        return "so in words", True
    return (figure_words(name, told[name][-1], said.currency), False) if told[name] else ("none", None)


def is_of_another_currency(said: Said, events: Sequence[LedgerEvent]) -> bool:
    """Whether money cannot be compared: the ledger tells it in other currencies alone."""
    return said.currency is not None and any("investment_amount" in event.figures for event in events)


def is_close(one: float, other: float) -> bool:
    """Whether two figures are one, rounded twice."""
    return abs(one - other) <= TOLERANCE * max(abs(one), abs(other))


def figure_words(name: str, value: float | str, currency: str | None) -> str:
    """Return a figure with its unit."""
    before = f"{currency} " if name == "investment_amount" and currency else ""
    return f"{before}{value:,.0f}{UNITS[name]}" if isinstance(value, int | float) else value
