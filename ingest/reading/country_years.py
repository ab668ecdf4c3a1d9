"""Figures by country code and year, put together from series that each hold one of them. Pure, no I/O."""

import math
from collections.abc import Sequence

import polars as pl

Key = tuple[str | None, int | None]


class CountryYears:
    """One row per country code and year, one column per figure.

    A figure that is told twice is kept once where both say the same; ValueError tells where they do not.
    """

    def __init__(self, figures: Sequence[str]) -> None:
        self._figures = list(figures)
        self._names: dict[Key, str | None] = {}
        self._rows: dict[Key, dict[str, float]] = {}

    def put(self, code: str | None, name: str | None, year: int | None, figure: str, value: float | None) -> None:
        """Add one figure; None is none."""
        if value is None:
            return
        row = self._rows.setdefault((code, year), {})
        held = row.setdefault(figure, value)
        if not math.isclose(held, value, rel_tol=1e-9):
            raise ValueError(f"{figure} of {code} in {year} is told twice: {held} and {value}")
        self._names.setdefault((code, year), name)

    def frame(self) -> pl.DataFrame:
        """Return the rows that hold a figure, with the columns country_code, country_name, year and the figures."""
        rows = [
            {"country_code": code, "country_name": self._names[code, year], "year": year, **figures}
            for (code, year), figures in self._rows.items()
        ]
        schema = {"country_code": pl.String, "country_name": pl.String, "year": pl.Int64}
        return pl.DataFrame(rows, schema=schema | dict.fromkeys(self._figures, pl.Float64))
