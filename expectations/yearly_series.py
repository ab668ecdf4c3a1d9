"""Rules shared by series of one figure per entity and year: scale, the world, and closed years.

What belongs here holds for every such series; what is about one publisher stands in its own module.
"""

from datetime import date

import polars as pl

from expectations.rule import Rule, year_not_in_future

WORLD = "World"


def world_in_range(figure: str, low: float, high: float, unit: str) -> Rule:
    """Return the rule that the newest figure of the world lies in a range."""

    def find(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        world = frame.filter(pl.col("entity") == WORLD).sort("year").tail(1).select("entity", "year", figure)
        if world.is_empty():
            return pl.DataFrame({"entity": [WORLD], "came": ["no row"]})
        return world.filter(~pl.col(figure).is_between(low, high)).drop("year")

    return Rule(
        "world_in_range", "block", f"the newest figure of the world is {low:,g} to {high:,g} {unit}",
        "The unit changed, or the file was cut short: compare with the vintage before.", find,
    )  # fmt: skip


def _moved(figure: str, share: float, slack: float) -> pl.Expr:
    return (pl.col(figure) - pl.col("was")).abs() > pl.max_horizontal(pl.lit(slack), share * pl.col("was").abs())


def _closed(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date, figure: str) -> pl.DataFrame:
    """Rows of closed years that the vintage before had too, with its figure as `was`."""
    if previous is None:
        return frame.clear().with_columns(was=pl.lit(None, pl.Float64))
    before = previous.select("entity", "year", was=figure)
    return frame.filter(pl.col("year") < known_at.year).join(before, on=["entity", "year"])


def closed_years(figure: str, slack: float) -> list[Rule]:
    """Return the rules about closed years: one moved by more than 30 % is set aside, 1 to 30 % is told, none is lost.

    A change within `slack`, in the unit of the figure, is rounding.
    """

    def rewritten(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
        return _closed(frame, previous, known_at, figure).filter(_moved(figure, 0.30, slack))

    def revised(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
        return _closed(frame, previous, known_at, figure).filter(
            _moved(figure, 0.01, slack) & ~_moved(figure, 0.30, slack)
        )

    def lost(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
        if previous is None:
            return pl.DataFrame()
        return (
            previous.filter(pl.col("year") < known_at.year)
            .join(frame, on=["entity", "year"], how="anti")
            .select("entity", "year")
            .rename({"entity": "lost_entity", "year": "lost_year"})
        )

    return [
        Rule(
            "closed_year_rewritten", "quarantine_rows",
            f"{figure} of a closed year moved by no more than 30 % since the vintage before",
            "Find the publisher's note on the revision. The row is set aside and the earlier figure stays.", rewritten,
        ),
        Rule(
            "closed_year_revised", "warn",
            f"{figure} of a closed year moved by no more than 1 % since the vintage before",
            "Nothing: the revision is kept, both figures stay readable.", revised,
        ),
        Rule(
            "closed_year_kept", "warn", "every closed year of the vintage before still has its figure",
            "Look whether the publisher withdrew it or the file was cut; the earlier figure stays.", lost,
        ),
    ]  # fmt: skip


def _told_twice(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    countries = frame.filter(pl.col("iso3").is_not_null())
    return countries.filter(countries.select("iso3", "year").is_duplicated())


ONE_ROW_A_COUNTRY = Rule(
    "one_row_a_country", "block", "no country and year has two rows",
    "Two entities carry one country's code: find out which is the country, and declare the other an aggregate.",
    _told_twice,
)  # fmt: skip


def rules(figure: str, low: float, high: float, unit: str, slack: float) -> list[Rule]:
    """Return all rules of a series whose figure for the world lies between `low` and `high`."""
    return [
        year_not_in_future("year"),
        ONE_ROW_A_COUNTRY,
        world_in_range(figure, low, high, unit),
        *closed_years(figure, slack),
    ]
