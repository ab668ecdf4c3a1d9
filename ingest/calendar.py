"""How each source stands on each day: how the asking went, and what follows from the vintages known by then.

Pure but for reading the operations database.
"""

from collections.abc import Mapping

import polars as pl

from ingest.declaration import Declaration
from ingest.ops import OBSERVED, Ops


def calendar_table(
    ops: Ops, declarations: Mapping[str, Declaration], vintages: pl.DataFrame, sources: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """Return how each source stands on each day it was asked for, whatever the order the days were asked in.

    What was known by a day follows from the vintages as they are now; how the asking went is as it was recorded.
    """
    recorded = ops.table("calendar").select("source_id", "day", "status", "checked_at", "message")
    asked = recorded.filter(pl.col("source_id").is_in(list(declarations)))
    in_force = pl.concat(
        [_known_by_day(sources[source_id], source_id) if declaration.items else _of_vintages(vintages, source_id)
         for source_id, declaration in declarations.items()]
    )  # fmt: skip
    judged = pl.DataFrame(
        [(item.source_id, item.known_at, not item.is_accepted) for source_id in declarations
         for item in ops.vintages(source_id)],
        schema={"source_id": pl.String, "judged_at": pl.Date, "is_blocked": pl.Boolean}, orient="row",
    ).unique(["source_id", "judged_at"], keep="last", maintain_order=True)  # fmt: skip
    ages = {source_id: one.freshness and one.freshness.max_age_days for source_id, one in declarations.items()}
    stood = asked.sort("day").join_asof(
        in_force.sort("vintage_known_at"), left_on="day", right_on="vintage_known_at", by="source_id",
        coalesce=False, check_sortedness=False,
    ).join_asof(
        judged.sort("judged_at"), left_on="day", right_on="judged_at", by="source_id",
        coalesce=False, check_sortedness=False,
    )  # fmt: skip
    return stood.with_columns(
        status=_status(),
        # What was said of another status than the day has now is said no more.
        message=pl.when(_status() == pl.col("status")).then(pl.col("message")),
        vintage_age_days=(pl.col("day") - pl.col("vintage_known_at")).dt.total_days(),
        content_age_days=(pl.col("day") - pl.col("content_max_period")).dt.total_days(),
        content_max_age_days=pl.col("source_id").replace_strict(ages, default=None, return_dtype=pl.Int64),
    ).select(
        "source_id", "day", "status", "vintage_known_at", "content_sha256", "n_rows", "content_max_period",
        "checked_at", "message", "vintage_age_days", "content_age_days", "content_max_age_days",
    ).sort("source_id", "day")  # fmt: skip


def _status() -> pl.Expr:
    """Return the status of a day: a vintage of its own, one carried on, none, or how the asking failed."""
    recorded = pl.col("status")
    is_own = pl.col("vintage_known_at") == pl.col("day")
    was_asked = recorded.is_in([*OBSERVED, "quarantined"])
    return (
        pl.when(recorded.is_in(["unreachable", "failed", "disabled"]))
        .then(recorded)
        .when(pl.col("is_blocked") & (was_asked | pl.col("judged_at").eq(pl.col("day"))))
        .then(pl.lit("quarantined"))
        .when(pl.col("vintage_known_at").is_null())
        .then(pl.lit("no_vintage"))
        .when(is_own & (pl.col("basis") != "archived"))
        .then(pl.lit("fetched"))
        .when(recorded.is_in(list(OBSERVED)) & ~is_own)
        .then(pl.lit("unchanged"))
        .otherwise(pl.lit("archived"))
    )


def _of_vintages(vintages: pl.DataFrame, source_id: str) -> pl.DataFrame:
    return vintages.filter(pl.col("source_id") == source_id).select(
        "source_id", "basis", "content_sha256", "n_rows", vintage_known_at="known_at", content_max_period="period_max",
    )  # fmt: skip


def _known_by_day(rows: pl.DataFrame, source_id: str) -> pl.DataFrame:
    """Return what was known of dated items after each day that brought one."""
    by_day = rows.group_by("known_at").agg(pl.len().alias("n"), pl.col("content_sha256").first()).sort("known_at")
    return by_day.select(
        pl.lit(source_id).alias("source_id"), pl.lit("reviewed").alias("basis"), "content_sha256",
        pl.col("n").cum_sum().cast(pl.Int64).alias("n_rows"), pl.col("known_at").alias("vintage_known_at"),
        pl.col("known_at").alias("content_max_period"),
    )  # fmt: skip
