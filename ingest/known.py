"""What was known when: the rows of a source with the days between which each was in force. Pure but for reading.

One rule per history class. Class B has a day per row: the one on which the item was published, where it proves that
day, else the one on which it was first seen. Of a window onto the newest items all vintages are read together. In all
other classes a row is known from the day of its vintage until the next.
"""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl

from ingest.declaration import Declaration, Items
from ingest.home import Home
from ingest.ops import Ops, Vintage


def in_force_between(vintages: Sequence[Vintage]) -> list[tuple[Vintage, date | None]]:
    """Return accepted vintages, in the order they became known, with the day each was superseded; None: in force.

    One that was superseded on its own day was never in force at the end of a day and is left out.
    """
    ends = [later.known_at for _, later in pairwise(vintages)]
    return [
        (vintage, end)
        for vintage, end in zip(vintages, [*ends, None], strict=False)
        if end is None or end > vintage.known_at
    ]


def accepted(ops: Ops, source_id: str, until: date) -> list[Vintage]:
    """Return the accepted vintages of a source known by that day, in the order they became known.

    Content that was in force already begins none, although a blocked load lay between: that changed nothing.
    """
    found: list[Vintage] = []
    for vintage in ops.vintages(source_id, until):
        if vintage.is_accepted and not (found and found[-1].content_sha256 == vintage.content_sha256):
            found.append(vintage)
    return found


def known_rows(
    home: Home, ops: Ops, declaration: Declaration, until: date, of: date | None = None
) -> list[pl.DataFrame]:
    """Return the landed rows of a source known by that day, a frame per vintage.

    `of` is the day of the newest vintage that is read, `until` if left out: a later file may tell of earlier items.

    Added: `known_at`, the day from which a row was known; `known_to`, the day from which it was no longer in force
    (null: it still is); `content_sha256`; of dated items `first_seen`, the day of the first vintage with the row.
    """
    vintages = [
        (vintage, known_to)
        for vintage, known_to in _read(accepted(ops, declaration.source_id, of or until), declaration)
        if vintage.landed_file and (home.landed / vintage.landed_file).exists()
    ]
    if declaration.items is None:
        return [
            pl.read_parquet(_file(home, vintage)).with_columns(
                known_at=pl.lit(vintage.known_at), known_to=pl.lit(known_to, pl.Date), content_sha256=_sha256(vintage)
            )
            for vintage, known_to in vintages
        ]  # fmt: skip
    if not vintages:
        return []
    # Hundreds of small files are read in one go.
    lazy = [
        pl.scan_parquet(_file(home, vintage)).with_columns(
            first_seen=pl.lit(vintage.known_at), content_sha256=_sha256(vintage),
            is_newest=pl.lit(vintage is vintages[-1][0]),
        )
        for vintage, _ in vintages
    ]  # fmt: skip
    shown = pl.concat(lazy, how="diagonal_relaxed").collect()
    dated = shown.with_columns(pl.col("first_seen").min().over(declaration.key)).unique(
        declaration.key, keep="last", maintain_order=True
    )
    known_at = _published(declaration.items, pl.col("first_seen"))
    if declaration.is_window:
        # Nobody has read on a day what was to be published later, whatever date it bears.
        known_at = pl.min_horizontal(known_at, "first_seen")
    else:
        # The newest reviewed file speaks for every day: what it corrects was never so.
        dated = dated.filter("is_newest")
    dated = dated.with_columns(known_at=known_at, known_to=pl.lit(None, pl.Date)).drop("is_newest")
    return [dated.filter(pl.col("known_at") <= until)]


def _read(vintages: Sequence[Vintage], declaration: Declaration) -> list[tuple[Vintage, date | None]]:
    """Return the vintages that are read, with the day each was superseded."""
    if declaration.is_window:
        # What was in force for some hours only may have shown an item that none did before or after.
        return [(vintage, None) for vintage in vintages]
    return in_force_between(vintages)


def _file(home: Home, vintage: Vintage) -> Path:
    return home.landed / str(vintage.landed_file)


def _sha256(vintage: Vintage) -> pl.Expr:
    return pl.lit(vintage.content_sha256)


def _published(items: Items, first_seen: pl.Expr) -> pl.Expr:
    """Return the day from which an item was known: published, at the latest at the end of its month, or first seen."""
    day = pl.col(items.published_column)
    if items.precision_column:
        # Seen before its month was over, it was known from then on.
        by_month = pl.max_horizontal(day, pl.min_horizontal(day.dt.month_end(), first_seen))
        day = pl.when(pl.col(items.precision_column) == "month").then(by_month).otherwise(day)
    for column, values in items.unproven.items():
        # A clock set back reads a file that may tell of later days.
        day = pl.when(pl.col(column).is_in(values)).then(pl.max_horizontal(first_seen, day)).otherwise(day)
    return day.fill_null(first_seen)
