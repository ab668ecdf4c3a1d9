"""The schema `raw` of the build file: every accepted vintage, typed, with the day it became known.

It is rewritten before dbt runs. Values that change from run to run reach dbt through these tables and never through
`--vars`, which would make dbt parse the project anew.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from expectations.results import Check
from ingest import calendar, clock, corrections, known
from ingest.declaration import Declaration
from ingest.home import Home
from ingest.ops import Ops
from ingest.parsing import DTYPES

if TYPE_CHECKING:
    import duckdb

SCHEMA = "raw"
ADDED: Mapping[str, pl.DataType] = {
    "known_at": pl.Date(), "known_to": pl.Date(), "content_sha256": pl.String(),
}  # fmt: skip


def columns_of(declaration: Declaration) -> dict[str, pl.DataType]:
    """Return the columns of a source's relation in `raw`, with their types."""
    declared = {column.name: DTYPES[column.type]() for column in declaration.columns}
    country = {"iso3": pl.String()} if declaration.country else {}
    seen = {"first_seen": pl.Date()} if declaration.is_window else {}
    return {**declared, **country, **seen, **ADDED}


def source_table(home: Home, ops: Ops, declaration: Declaration, known_at: date) -> pl.DataFrame:
    """Return all rows of a source known by that day; empty and typed where there is none."""
    columns = columns_of(declaration)
    parts = known.known_rows(home, ops, declaration, known_at)
    return pl.concat([pl.DataFrame(schema=columns), *(_conformed(part, columns) for part in parts)])


def _conformed(frame: pl.DataFrame, columns: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Give a vintage that could not be gated by the newest declaration its columns; what it lacks is unknown."""
    return frame.select(
        (pl.col(name).cast(dtype, strict=False) if name in frame.columns else pl.lit(None, dtype)).alias(name)
        for name, dtype in columns.items()
    )


def sources_table(declarations: Mapping[str, Declaration]) -> pl.DataFrame:
    """Return one row per declared source."""
    return pl.DataFrame(
        [
            {
                "source_id": source.source_id, "name": source.name, "domain": source.domain,
                "publisher": source.publisher, "homepage": source.homepage, "description": source.description,
                "licence_id": source.licence.id, "licence_url": source.licence.url,
                "attribution": source.licence.attribution, "is_redistributable": source.licence.redistributable,
                "is_share_alike": source.licence.share_alike,
                "tier": source.tier, "history_class": source.history_class, "cadence": source.cadence.publishes,
                "transport": source.transport.kind,
                "content_max_age_days": source.freshness and source.freshness.max_age_days,
            }
            for source in declarations.values()
        ]
    )  # fmt: skip


def _declared(table: pl.DataFrame, declarations: Mapping[str, Declaration]) -> pl.DataFrame:
    """Leave out sources that are declared no more; the operations database keeps their history."""
    return table.filter(pl.col("source_id").is_in(list(declarations)))


def _vintages(ops: Ops, declarations: Mapping[str, Declaration], known_at: date) -> pl.DataFrame:
    fetches = ops.table("fetch_log").select("fetch_id", "raw_sha256", "edition", "basis", "address")
    between = [
        (vintage.source_id, vintage.fetch_id, known_to)
        for source_id in declarations
        for vintage, known_to in known.in_force_between(known.accepted(ops, source_id, known_at))
    ]
    schema = {"source_id": pl.String, "fetch_id": pl.Int64, "known_to": pl.Date}
    return (
        ops.table("vintage")
        .join(pl.DataFrame(between, schema=schema, orient="row"), on=["source_id", "fetch_id"])
        .join(fetches, on="fetch_id", how="left")
        .select(
            "source_id", "known_at", "known_to", "content_sha256", "raw_sha256", "edition", "basis", "address",
            "parse_key", "n_rows", "n_set_aside", "period_min", "period_max",
        )
    )  # fmt: skip


def clocks_table(first_day: date, today: date) -> pl.DataFrame:
    """Return the pairs of clocks the marts are built for: both histories at every month's end since, and now.

    `as_known` looks at each day with what was known on it, `as_now` with what is known today.
    """
    month_ends = pl.date_range(first_day, today, "1mo", eager=True).dt.month_end().to_list()
    days = sorted({day for day in month_ends if first_day <= day <= today} | {today})
    rows = [(f"{history} {day}", history, day, day if history == "as_known" else today, day == today)
            for history in ("as_known", "as_now") for day in days]  # fmt: skip
    names = ("clock_id", "history", "as_of", "known_at", "is_latest")
    return pl.DataFrame(rows, schema=list(names), orient="row")


def _check_results(ops: Ops, declarations: Mapping[str, Declaration]) -> pl.DataFrame:
    """Return all gate results; `is_newest` marks those on the newest content of a source.

    Readers get this table, so rows of a source that may not be passed on are left out of it: of its results only what
    was expected is told, and how many rows failed. The operations database keeps the rest for whoever runs it.
    """
    newest = {
        source_id: vintages[-1].content_sha256 for source_id in declarations if (vintages := ops.vintages(source_id))
    }
    current = pl.col("source_id").replace_strict(newest, default=None, return_dtype=pl.String)
    results = _declared(ops.table("check_result"), declarations)
    kept_in = [source_id for source_id, source in declarations.items() if not source.licence.redistributable]
    is_kept_in = pl.col("source_id").is_in(kept_in)
    return results.with_columns(
        detail=pl.when(is_kept_in).then(pl.col("detail").str.split("; came: ").list.first()).otherwise("detail"),
        sample=pl.when(is_kept_in).then(pl.lit("[]")).otherwise("sample"),
        is_newest=(pl.col("content_sha256") == current).fill_null(value=False),
    )


def _corrected(ops: Ops, source_id: str, frame: pl.DataFrame, reviewed: pl.DataFrame, known_at: date) -> pl.DataFrame:
    """Return the rows of a source as models read them; a correction that does nothing is a warning on its vintage."""
    in_force = ops.in_force(source_id, known_at)
    if in_force is None or reviewed.filter(source_id=source_id).is_empty():
        return frame
    try:
        frame, judged = corrections.apply(frame, source_id, reviewed, known_at)
        failing = [asdict(one) for one in judged if one.needs_a_look]
        came = f"{len(failing)} of {len(judged)} do not"
    except ValueError as error:  # a column of another type by now
        judged, failing = [], [{"row_key": str(error)}]
        came = f"{error}; none was applied"
    detail = "expected: every correction of the source finds the error it was written for"
    if failing:
        detail += f"; came: {came}; to do: look at the cells: retire what the publisher mended, write the rest anew."
    n_judged = max(len(judged), len(failing))
    check = Check("corrections_apply", "plausibility", "warn", not failing, len(failing), n_judged, detail, failing)
    ops.put_check(source_id, in_force.content_sha256, check)
    return frame


def _with_corrected(
    vintages: pl.DataFrame, landed: Mapping[str, pl.DataFrame], corrected: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """Return the vintages, each one that is read otherwise since a day as two."""
    for source_id, frame in corrected.items():
        for day in sorted(set(frame["known_at"]) - set(landed[source_id]["known_at"])):
            mine = corrections.split_at(vintages.filter(source_id=source_id), pl.lit(value=True), day)
            basis = pl.when(pl.col("known_at") == day).then(pl.lit("corrected")).otherwise(pl.col("basis"))
            vintages = pl.concat([vintages.filter(pl.col("source_id") != source_id), mine.with_columns(basis=basis)])
    return vintages


def expose(
    con: "duckdb.DuckDBPyConnection", home: Home, ops: Ops, declarations: Mapping[str, Declaration]
) -> dict[str, int]:
    """Write the schema `raw` as known today in one transaction; return the rows per relation."""
    known_at = clock.today()
    sources = {
        source_id: source_table(home, ops, declaration, known_at) for source_id, declaration in declarations.items()
    }
    vintages = _vintages(ops, declarations, known_at)
    calendar_rows = calendar.calendar_table(ops, declarations, vintages, sources)
    if "corrections" in sources:
        corrected = {
            source_id: _corrected(ops, source_id, frame, sources["corrections"], known_at)
            for source_id, frame in sources.items()
        }
        vintages = _with_corrected(vintages, sources, corrected)
        sources = corrected
    # An archive of news goes back further than any figure does.
    days = [table["known_at"].min() for name, table in sources.items() if not declarations[name].is_window]
    tables = {
        **sources,
        "source": sources_table(declarations),
        "vintage": vintages,
        "calendar": calendar_rows,
        "fetch_log": _declared(ops.table("fetch_log"), declarations),
        "check_result": _check_results(ops, declarations),
        "restatement": _declared(ops.table("restatement"), declarations),
        "clock": clocks_table(min((day for day in days if isinstance(day, date)), default=known_at), known_at),
    }
    con.begin()
    con.sql(f"drop schema if exists {SCHEMA} cascade")
    con.sql(f"create schema {SCHEMA}")
    for name, frame in tables.items():
        con.register("incoming", frame)
        con.sql(f"create table {SCHEMA}.{name} as select * from incoming")
        con.unregister("incoming")
    con.commit()
    return {name: frame.height for name, frame in tables.items()}
