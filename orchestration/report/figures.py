"""How a figure is written: three digits, its unit, its range, and `unknown` where nothing is known."""

import math
from dataclasses import dataclass

# Narrow no-break space: it parts thousands, and a number from its unit.
THIN = "\u202f"
UNKNOWN = "unknown"
SHARE, USD = "share", "USD"
OF_USD = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"))


@dataclass(frozen=True)
class Figure:
    """A figure with its range. Without a central one it is a pair of bounds; without any end it is unknown.

    `unit` is written as it stands, but for `share` (a ratio, written in per cent) and `USD` (written in m, bn and tn).
    `note` tells what a reader has to know beside it.
    """

    central: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    grade: str | None = None
    source_id: str | None = None
    note: str = ""

    @property
    def ends(self) -> tuple[float, float] | None:
        """The least and the most of it, or None where it is unknown."""
        known = [end for end in (self.low, self.central, self.high) if end is not None]
        return (min(known), max(known)) if known else None

    @property
    def is_zero(self) -> bool:
        """Whether it is known to be zero: no end of it is anything else."""
        return self.ends == (0, 0)

    @property
    def point(self) -> float | None:
        """What stands for it in one place: the central figure, else what it is at least."""
        return self.ends[0] if self.central is None and self.ends else self.central

    @property
    def told(self) -> str:
        """The figure in words: `12 MW (8–15)`, bounds as `8–15 MW`, or `unknown`."""
        return tell(self.central, self.low, self.high, self.unit)


def tell(central: float | None, low: float | None = None, high: float | None = None, unit: str = "") -> str:
    """Return a figure of a unit with its range, see Figure."""
    ends = [end for end in (low, high) if end is not None]
    factor = 100 if unit == SHARE else 1
    divisor, word = _scale(max([abs(end) for end in (*ends, central) if end is not None], default=0), unit)
    written = [number(end * factor / divisor) for end in ends]
    span = "–".join(dict.fromkeys(written))
    if central is None:
        return f"{word[0]}{span}{word[1]}" if written else UNKNOWN
    middle = number(central * factor / divisor)
    told = f"{word[0]}{middle}{word[1]}"
    return told if span in ("", middle) else f"{told} ({span})"


def number(value: float) -> str:
    """Return three digits of a number, thousands apart; zero is `0` and nothing else is."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else UNKNOWN
    rounded = float(f"{value:.3g}")
    if abs(rounded) >= 1000:
        return f"{rounded:,.0f}".replace(",", THIN)
    digits = max(0, 2 - math.floor(math.log10(abs(rounded))))
    text = f"{rounded:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def count(number_: int, one: str, many: str) -> str:
    """Return a whole number with its noun."""
    return f"{number_:,} {one if number_ == 1 else many}".replace(",", THIN)


def _scale(most: float, unit: str) -> tuple[float, tuple[str, str]]:
    """Return what to divide by, and what to write before and after a number."""
    if unit == USD:
        divisor, word = next(((size, f"{THIN}{word}") for size, word in OF_USD if most >= size), (1.0, ""))
        return divisor, (f"USD{THIN}", word)
    written = "%" if unit == SHARE else unit
    return 1.0, ("", f"{THIN}{written}" if written else "")
