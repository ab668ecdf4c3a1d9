"""Rules about two columns that measure the same thing in different units: their ratio tells a slip of either."""

from datetime import date

import polars as pl

from expectations.rule import Rule


def median_ratio(
    name: str, above: str, below: str, bounds: tuple[float, float], description: str, *, scale: float = 1
) -> Rule:
    """Return the blocking rule that the median of `scale * above / below` over rows with both lies within bounds."""

    def find(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        both = frame.filter((pl.col(above) > 0) & (pl.col(below) > 0))
        median = both.select((scale * pl.col(above) / pl.col(below)).median()).item()
        odd = median is not None and not bounds[0] <= median <= bounds[1]
        return pl.DataFrame({"median": [median] if odd else [], "n_rows": [both.height] if odd else []})

    return Rule(
        name, "block", description,
        f"{above} or {below} is in another unit: compare with the vintage before in the archived bytes.", find,
    )  # fmt: skip


def row_ratio(
    name: str, above: str, below: str, bounds: tuple[float, float], description: str, *, scale: float = 1
) -> Rule:
    """Return the warning that `scale * above / below` of each row with both lies within bounds."""

    def find(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        both = frame.filter((pl.col(above) > 0) & (pl.col(below) > 0))
        return both.filter(~(scale * pl.col(above) / pl.col(below)).is_between(*bounds))

    return Rule(
        name, "warn", description,
        f"Look at {above} and {below} of these rows: one may be in another unit, or of another part of the site.", find,
    )  # fmt: skip
