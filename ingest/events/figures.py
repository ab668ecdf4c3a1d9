"""What the ledger tells of a figure that items name, and whether the two agree. Pure."""

import re
from collections.abc import Sequence

from ingest.events.candidate import Said
from ingest.events.ledger import LedgerEvent

# Figures that far apart are one figure rounded twice.
TOLERANCE = 0.03
MEGAWATTS = ("capacity_mw", "capacity_mw_phase1", "capacity_mw_target")
UNITS = dict.fromkeys(MEGAWATTS, " MW") | {"gpu_count": " GPUs", "investment_amount": ""}


def told_of(name: str, said: Said, events: Sequence[LedgerEvent]) -> tuple[str, bool | None]:
    """Return what the ledger tells of a figure, and whether it agrees; None where it tells none of its role.

    It agrees with a figure of its kind or with one that stands in the words of the ledger, with its unit.
    """
    value = float(said.value)
    comparable = [event for event in events if said.currency in (None, event.investment_currency)]
    told = {field: [event.figures[field] for event in comparable if field in event.figures]
            for field in (MEGAWATTS if name in MEGAWATTS else (name,))}  # fmt: skip
    for figures in (told[name], *told.values()):
        for figure in figures:
            if is_close(value, figure):
                return figure_words(name, figure, said.currency), True
    if any(_is_in_words(name, value, event) for event in events):
        return "so in words", True
    return (figure_words(name, told[name][-1], said.currency), False) if told[name] else ("none", None)


def _is_in_words(name: str, value: float, event: LedgerEvent) -> bool:
    """Whether a figure stands in the words of an event: megawatts as such, a number of GPUs in the note on them."""
    number = rf"(?<![\w.,]){re.escape(f'{value:,.0f}')}"
    if name in MEGAWATTS:
        return bool(re.search(rf"{number} ?MW\b", event.words))
    # The note is about accelerators: what has another unit there says so.
    is_whole = r"(?![\d.,]*\d| ?%| ?(?:[MG]W|m|mn|bn|million|billion|sites)\b)"
    return name == "gpu_count" and bool(re.search(number + is_whole, event.gpu_note))


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
