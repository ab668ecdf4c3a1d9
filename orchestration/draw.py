"""Horizontal bars as lines of text: full up to what is at least so, then a whisker from low to high."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

# What a bar has at least, however narrow the terminal is.
LEAST_WIDTH = 10
LONGEST_LABEL = 28
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Bar:
    """One figure, with its range where it has one."""

    label: str
    central: float | None
    low: float | None = None
    high: float | None = None

    @property
    def ends(self) -> tuple[float, float] | None:
        """The least and the most of it, or None where the figure is unknown."""
        if self.central is None:
            return None
        known = [self.central, *(end for end in (self.low, self.high) if end is not None)]
        return min(known), max(known)


def bars(drawn: Sequence[Bar], width: int) -> list[str]:
    """Return one line per bar, all on one scale that holds zero, in at most `width` characters where that can be."""
    known = [ends for bar in drawn if (ends := bar.ends)]
    least, most = min((0.0, *(low for low, _ in known))), max((0.0, *(high for _, high in known)))
    labels = [_cut(bar.label) for bar in drawn]
    widest = max((len(label) for label in labels), default=0)
    told = [_told(bar) for bar in drawn]
    room = max(LEAST_WIDTH, width - widest - max((len(words) for words in told), default=0) - 4)
    return [
        f"{label:<{widest}}  {_bar(bar, least, most, room):<{room}}  {words}".rstrip()
        for bar, label, words in zip(drawn, labels, told, strict=True)
    ]


def _bar(bar: Bar, least: float, most: float, room: int) -> str:
    if bar.central is None or bar.ends is None:
        return ""

    def place(value: float) -> int:
        return round((value - least) / (most - least) * (room - 1)) if most > least else 0

    low, high = bar.ends
    cells = [" "] * room
    zero = place(0)
    # Full between zero and the end of the range nearer to it: so much it is at least.
    sure = low if low > 0 else min(high, 0)
    if sure:
        for index in range(min(zero, place(sure)), max(zero, place(sure)) + 1):
            cells[index] = "█"
    if high > low:
        for index in range(place(low), place(high) + 1):
            cells[index] = "─"
        cells[place(low)], cells[place(high)] = "├", "┤"
    cells[place(bar.central)] = "●"
    return "".join(cells)


def _told(bar: Bar) -> str:
    if bar.central is None or bar.ends is None:
        return UNKNOWN
    low, high = bar.ends
    return number(bar.central) + (f" ({number(low)} to {number(high)})" if high > low else "")


def number(value: float) -> str:
    """Return a figure as a reader takes it in: three digits, or all of a large whole one."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _cut(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"
