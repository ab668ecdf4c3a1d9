"""Rules about two columns that measure the same thing in different units: their ratio tells a slip of either."""

from datetime import date

import polars as pl

from expectations.rule import Find, Rule


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


def odd_rows(
    above: str, below: str, bounds: tuple[float, float], *, scale: float = 1, of: pl.Expr | None = None
) -> Find:
    """Return what finds the rows where `scale * above / below` is out of bounds, if both are known and above 0.

    `of` tells the rows it is asked of; none: all.
    """

    def find(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        both = frame.filter((pl.col(above) > 0) & (pl.col(below) > 0) & (pl.lit(value=True) if of is None else of))
        return both.filter(~(scale * pl.col(above) / pl.col(below)).is_between(*bounds))

    return find
