"""Where each event of the ledger stands on the drawing of all of them, and by which mark."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from orchestration.report.facts import Row
from orchestration.report.figures import USD, tell
from orchestration.report.metrics import MW

WIDTH, LEFT, RIGHT = 1000, 74, 12
PANEL, GAP, TOP = 150, 34, 28
# Events that state no figure stand in columns, so many units wide, one above the other.
CELL = 9
STATED = (("Megawatts stated", "capacity_mw_announced", MW), ("Money stated", "investment_usd", USD))
# Every kind with its words; where marks overlap the later kind is on top.
KINDS = {
    "announced": "announced, in talks or signed",
    "built": "under construction or running",
    "moved": "moved to another programme",
    "paused": "paused",
    "cancelled": "cancelled or withdrawn",
}


@dataclass(frozen=True)
class Mark:
    """An event on the drawing, at the middle of its mark."""

    announcement_id: str
    kind: str
    x: float
    y: float


@dataclass(frozen=True)
class Panel:
    """A part of the drawing with its own scale: each tick is a height and its words."""

    name: str
    top: float
    bottom: float
    ticks: list[tuple[float, str]]
    marks: list[Mark]


@dataclass(frozen=True)
class Timeline:
    """All panels, the first days of quarters with their words, and how high the drawing is."""

    panels: list[Panel]
    quarters: list[tuple[float, str]]
    height: float


def kind_of(event: Row, events: Mapping[str, Row]) -> str:
    """Return which kind an event is of. `events` holds all of them by announcement_id."""
    before = events.get(event["parent_announcement_id"] or "")
    if event["event_type"] == "retraction" or event["stage"] == "cancelled":
        return "cancelled"
    if event["stage"] == "paused":
        return "paused"
    if event["event_type"] == "status_change" and before and before["programme"] != event["programme"]:
        return "moved"
    return "built" if event["stage"] in ("under_construction", "operational") else "announced"


def timeline(events: Sequence[Row]) -> Timeline | None:
    """Return the drawing of dated events, or None where there are none.

    An event stands once for each figure it states.
    """
    dated = [event for event in events if event["event_date"] is not None]
    if not dated:
        return None
    by_id = {event["announcement_id"]: event for event in dated}
    kinds = {key: kind_of(event, by_id) for key, event in by_id.items()}
    first, last = min(event["event_date"] for event in dated), max(event["event_date"] for event in dated)
    start, end = _quarter(first), _next_quarter(last)

    def x_of(day: date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (day - start).days / (end - start).days, 1)

    panels, top = [], float(TOP)
    for name, column, unit in STATED:
        stated = {key: float(event[column]) for key, event in by_id.items() if _states(event, column)}
        if stated:
            places = {key: x_of(by_id[key]["event_date"]) for key in stated}
            panels.append(_panel(name, unit, top, stated, places, kinds))
            top += PANEL + GAP
    silent = [event for event in dated if not any(_states(event, column) for _, column, _ in STATED)]
    if silent:
        places = {event["announcement_id"]: x_of(event["event_date"]) for event in silent}
        panels.append(_stacks("Neither stated", top, places, kinds))
        top = panels[-1].bottom + GAP
    quarters, day = [], start
    while day <= last:
        quarters.append((x_of(day), f"Q{(day.month + 2) // 3} {day.year}"))
        day = _next_quarter(day)
    return Timeline(panels, quarters, top)


def _states(event: Row, column: str) -> bool:
    return event[column] is not None and event[column] > 0


def _panel(
    name: str, unit: str, top: float, stated: Mapping[str, float], places: Mapping[str, float], kinds: Mapping[str, str]
) -> Panel:
    least, most = (math.floor(math.log10(min(stated.values()))), math.ceil(math.log10(max(stated.values()))))
    most = max(most, least + 1)

    def y_of(value: float) -> float:
        return round(top + PANEL * (most - math.log10(value)) / (most - least), 1)

    ticks = [(y_of(10.0**power), tell(10.0**power, unit=unit)) for power in range(least, most + 1)]
    marks = [Mark(key, kinds[key], places[key], y_of(value)) for key, value in stated.items()]
    return Panel(name, top, top + PANEL, ticks, _in_order(marks))


def _stacks(name: str, top: float, places: Mapping[str, float], kinds: Mapping[str, str]) -> Panel:
    """Return a panel without a scale: events of the same days stand below one another."""
    seen: Counter[int] = Counter()
    marks = []
    for key, x in places.items():
        column = int(x // CELL)
        marks.append(Mark(key, kinds[key], column * CELL + CELL / 2, top + 6 + seen[column] * CELL))
        seen[column] += 1
    return Panel(name, top, top + max(seen.values()) * CELL + 6, [], _in_order(marks))


def _in_order(marks: list[Mark]) -> list[Mark]:
    """Return the marks so that those which say most are drawn last, on top."""
    kinds = list(KINDS)
    return sorted(marks, key=lambda mark: (kinds.index(mark.kind), mark.x, mark.announcement_id))


def _quarter(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def _next_quarter(day: date) -> date:
    start = _quarter(day)
    return date(start.year + (start.month == 10), (start.month + 2) % 12 + 1, 1)
