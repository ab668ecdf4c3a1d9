"""The schema `raw` of the build file: every accepted vintage, typed, with the day it became known.

It is rewritten before dbt runs. Values that change from run to run reach dbt through these tables and never through
`--vars`, which would make dbt parse the project anew.
"""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from ingest import clock
from ingest.declaration import Declaration
from ingest.home import Home
from ingest.ops import Ops, Vintage
from ingest.parsing import DTYPES

if TYPE_CHECKING:
    import duckdb

SCHEMA = "raw"
ADDED: Mapping[str, pl.DataType] = {
    "known_at": pl.Date(), "content_sha256": pl.String(), "is_current": pl.Boolean(),
}  # fmt: skip


def columns_of(declaration: Declaration) -> dict[str, pl.DataType]:
    """Return the columns of a source's relation in `raw`, with their types."""
    declared = {column.name: DTYPES[column.type]() for column in declaration.columns}
    country = {"iso3": pl.String()} if declaration.country else {}
    return {**declared, **country, **ADDED}


def source_table(home: Home, ops: Ops, declaration: Declaration, known_at: date) -> pl.DataFrame:
    """Return all accepted vintages of a source known by that day; empty and typed where there is none."""
    in_force = ops.in_force(declaration.source_id, known_at)
    parts = [
        pl.read_parquet(home.landed / vintage.landed_file).with_columns(
            known_at=pl.lit(vintage.known_at),
            content_sha256=pl.lit(vintage.content_sha256),
            is_current=pl.lit(vintage == in_force),
        )
        for vintage in ops.vintages(declaration.source_id, known_at)
        if vintage.landed_file and (home.landed / vintage.landed_file).exists()
    ]
    columns = columns_of(declaration)
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
    current = [ops.in_force(source_id, known_at) for source_id in declarations]
    keys = pl.DataFrame(
        [(v.source_id, v.fetch_id, True) for v in current if isinstance(v, Vintage)],
        schema={"source_id": pl.String, "fetch_id": pl.Int64, "is_current": pl.Boolean},
        orient="row",
    )
    return (
        _declared(ops.table("vintage"), declarations)
        .filter(pl.col("is_accepted") & (pl.col("known_at") <= known_at))
        .join(fetches, on="fetch_id", how="left")
        .join(keys, on=["source_id", "fetch_id"], how="left")
        .select(
            "source_id", "known_at", "content_sha256", "raw_sha256", "edition", "basis", "address", "n_rows",
            "n_set_aside", "period_min", "period_max", pl.col("is_current").fill_null(False),
        )
    )  # fmt: skip


def _calendar(ops: Ops, declarations: Mapping[str, Declaration]) -> pl.DataFrame:
    ages = {source_id: one.freshness and one.freshness.max_age_days for source_id, one in declarations.items()}
    return _declared(ops.table("calendar"), declarations).with_columns(
        vintage_age_days=(pl.col("day") - pl.col("vintage_known_at")).dt.total_days(),
        content_age_days=(pl.col("day") - pl.col("content_max_period")).dt.total_days(),
        content_max_age_days=pl.col("source_id").replace_strict(ages, default=None, return_dtype=pl.Int64),
    )


def _check_results(ops: Ops, declarations: Mapping[str, Declaration]) -> pl.DataFrame:
    """Return all gate results; `is_newest` marks those on the newest content of a source."""
    newest = {
        source_id: vintages[-1].content_sha256 for source_id in declarations if (vintages := ops.vintages(source_id))
    }
    current = pl.col("source_id").replace_strict(newest, default=None, return_dtype=pl.String)
    results = _declared(ops.table("check_result"), declarations)
    return results.with_columns(is_newest=(pl.col("content_sha256") == current).fill_null(False))


def expose(
    con: "duckdb.DuckDBPyConnection", home: Home, ops: Ops, declarations: Mapping[str, Declaration]
) -> dict[str, int]:
    """Write the schema `raw` for the clock of today in one transaction; return the rows per relation."""
    known_at = clock.today()
    tables = {
        **{
            source_id: source_table(home, ops, declaration, known_at) for source_id, declaration in declarations.items()
        },
        "source": sources_table(declarations),
        "vintage": _vintages(ops, declarations, known_at),
        "calendar": _calendar(ops, declarations),
        "fetch_log": _declared(ops.table("fetch_log"), declarations),
        "check_result": _check_results(ops, declarations),
        "clock": pl.DataFrame({"known_at": [known_at], "as_of": [known_at]}),
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
