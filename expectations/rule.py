"""What a domain rule is, and where those of a source are found."""

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import polars as pl

from expectations.results import SAMPLE_ROWS, Severity

Find = Callable[[pl.DataFrame, pl.DataFrame | None, date], pl.DataFrame]
# Rows kept of a rule whose rows a person goes through one by one.
TO_REVIEW = 200


@dataclass(frozen=True)
class Rule:
    """Common sense about one source that its declaration cannot say.

    `find(frame, previous, known_at)` returns the rows that fail, none when all is well: rows of `frame`
    with its key columns or, where a whole table is wrong, a few rows of figures that show it.
    `description` tells what was expected, `remedy` what to do. `n_kept` is how many of the rows are kept with the
    result: more than a few where a person has to go through them.
    """

    name: str
    severity: Severity
    description: str
    remedy: str
    find: Find
    n_kept: int = SAMPLE_ROWS


@cache
def load_rules(source_id: str) -> tuple[Rule, ...]:
    """Return the rules in `expectations/rules/<source_id>.py`; a source without that module has none."""
    name = f"expectations.rules.{source_id}"
    if importlib.util.find_spec(name) is None:
        return ()
    return tuple(importlib.import_module(name).RULES)


def year_not_in_future(column: str) -> Rule:
    """Return the rule that no row is about a calendar year after the one in which it was published."""

    def find(frame: pl.DataFrame, _previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
        return frame.filter(pl.col(column) > known_at.year)

    return Rule(
        name=f"{column}_not_in_future",
        severity="block",
        description=f"{column} is not after the year of publication",
        remedy="No figure comes before its time: look for a misread year or a wrong release date.",
        find=find,
    )


def countries_present(column: str, codes: list[str]) -> Rule:
    """Return the rule that the countries which publishers like to drop are among the rows."""

    def find(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        return pl.DataFrame({"absent": [code for code in codes if code not in frame[column]]})

    return Rule(
        name="contested_countries_present",
        severity="block",
        description=f"{', '.join(codes)} are among the countries",
        remedy='Look for a reader that took "NA" for a missing value, or a list without these places.',
        find=find,
    )


def positions_known(latitude: str, longitude: str, share: float) -> Rule:
    """Return the rule that at least this share of the rows has a position."""

    def find(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        known = frame.drop_nulls([latitude, longitude]).height
        return pl.DataFrame({"n_known": [known]} if known < share * frame.height else {"n_known": []})

    return Rule(
        name="positions_known",
        severity="block",
        description=f"{share:.0%} of the rows or more have a position",
        remedy="Look for a renamed field in the bytes.",
        find=find,
    )


def none_gone(key: Sequence[str], shown: Sequence[str] = ()) -> Rule:
    """Return the warning that names the rows of the vintage before which are not listed any more."""

    def find(frame: pl.DataFrame, previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        if previous is None:
            return pl.DataFrame()
        gone = previous.join(frame, on=list(key), how="anti")
        # These rows are of the vintage before: none of the frame fails with them.
        return gone.select(pl.col(column).alias(f"gone_{column}") for column in (*key, *shown))

    return Rule(
        name="none_gone",
        severity="warn",
        description="every row of the vintage before is still listed",
        remedy="Look whether it was renamed, closed or withdrawn; the earlier vintages keep it.",
        find=find,
    )
