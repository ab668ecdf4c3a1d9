"""Publish a build: check it, write it whole beside the others, then move one link.

A reader holds the old build or the new one, never a half. Nothing here trusts that an earlier step succeeded.
"""

import json
import os
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from ingest import clock
from ingest.errors import AtlasError
from ingest.home import Home
from orchestration import asof, builds, dbt_results, export, inputs, restatement, views
from orchestration.export import quoted
from orchestration.ops_words import OPS_WORDS

if TYPE_CHECKING:
    from expectations.results import Check

# Schemas of the build file that readers get, and the tables of `raw` they get as `ops`.
SCHEMAS = ("marts", "core")
OPS_TABLES = {"fetch_log": "ops_fetch_log", "vintage": "ops_vintage", "restatement": "ops_restatement"}
# Told here, so that asking whether it is set does not load the library of PostgreSQL.
POSTGRES_URL = "ATLAS_POSTGRES_URL"


class NotPublishedError(AtlasError):
    """The build is not fit to be read. The published one stays."""


def publish(home: Home) -> dict[str, Any]:
    """Check the build file and publish it; return its manifest. Raises NotPublishedError."""
    from expectations import marts

    keep = builds.builds_to_keep()
    made_of = inputs.recorded(home)
    if made_of is None:
        raise NotPublishedError("The build file is unfinished. Run `atlas refresh`.")
    if faults := dbt_results.faults(home):
        raise NotPublishedError(f"Not published: {len(faults)} dbt results are not good. " + "; ".join(faults[:5]))
    with duckdb.connect(str(home.build_db), read_only=True) as con:
        checks = marts.check_marts(con)
    failed = [check for check in checks if not check.passed and check.severity != "warn"]
    if failed:
        told = "; ".join(f"{check.rule}: {check.detail}" for check in failed[:5])
        raise NotPublishedError(f"Not published: {len(failed)} checks on the marts failed. {told}")
    build_id = f"{clock.now():%Y%m%dT%H%M%SZ}-{made_of['key'][:8]}"
    builds.sweep(home)
    folder = home.published / "builds"
    unfinished = folder / f".unfinished-{build_id}-{os.getpid()}"
    unfinished.mkdir()
    try:
        manifest = _write(home, unfinished, build_id, made_of, checks)
        _sync(unfinished)
        target = folder / build_id
        if builds.whole(target):  # the same inputs twice in one second: the newer replaces nothing a reader holds
            shutil.rmtree(unfinished)
        else:
            shutil.rmtree(target, ignore_errors=True)
            unfinished.rename(target)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    before = builds.current(home)
    builds.release(home)
    builds.put_in_force(home, build_id)
    builds.prune(home, keep, before["build_id"] if before else None)
    return manifest


def _write(
    home: Home, folder: Path, build_id: str, made_of: dict[str, Any], checks: "Sequence[Check]"
) -> dict[str, Any]:
    with duckdb.connect(str(folder / "atlas.duckdb")) as con:
        con.execute(f"attach {quoted(str(home.build_db))} as build (read_only)")
        # A thousand comments, each a transaction of its own, would take most of the time.
        con.begin()
        relations = {one for one in dbt_results.relations(home) if one[0] in SCHEMAS}
        tables = _copy_tables(con, relations)
        histories = restatement.histories(con, tables, made_of["history_keys"])
        _write_check_results(con, [*checks, *restatement.log(home, con, builds.current(home), build_id, histories)])
        _comment_ops(con)
        told, compiled = dbt_results.manifest(home), partial(dbt_results.compiled, home)
        for node, sql in views.views(told, compiled, relations):
            _create_view(con, node, sql)
        for schema, signature, sql in asof.macros(told, compiled):
            con.execute(f"create macro {schema}.{signature} as table {sql}")
        manifest = {
            "build_id": build_id, "inputs_key": made_of["key"], "built_at": clock.now(),
            "known_at": made_of["known_at"],
            "code_version": made_of["code_version"], "inputs": made_of["vintages"],
            "tables": {name: describe(con, name) for name in tables},
            "histories": histories,
            "checks": {"marts": len(checks), **dbt_results.counts(home)},
        }  # fmt: skip
        con.commit()
        con.execute("detach build")
        names = [name.removeprefix("marts.") for name in tables if name.startswith("marts.")]
        export.write(con, folder, export.read_marts(con, names, told), manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest, default=str, indent=2) + "\n")
    return manifest


def _copy_tables(con: duckdb.DuckDBPyConnection, of_project: set[tuple[str, str]]) -> list[str]:
    """Copy tables with their comments into the new file; return their qualified names.

    `of_project` holds (schema, table) of dbt's models and seeds: the build file may still hold what was removed.
    """
    found = con.execute(
        "select schema_name, table_name, comment from duckdb_tables() where database_name = 'build' "
        "and (schema_name in $schemas or (schema_name = 'raw' and table_name in $ops)) order by all",
        {"schemas": list(SCHEMAS), "ops": list(OPS_TABLES)},
    ).fetchall()
    comments = con.execute(
        "select schema_name, table_name, column_name, comment from duckdb_columns() "
        "where database_name = 'build' and comment is not null"
    ).fetchall()
    for schema in (*SCHEMAS, "ops"):
        con.execute(f"create schema {schema}")
    names: dict[tuple[str, str], str] = {}
    for schema, table, comment in found:
        if schema != "raw" and (schema, table) not in of_project:
            continue
        name = names[schema, table] = f"ops.{OPS_TABLES[table]}" if schema == "raw" else f"{schema}.{table}"
        con.execute(f"create table {name} as select * from build.{schema}.{table} order by all")
        if comment:
            con.execute(f"comment on table {name} is {quoted(comment)}")
    for schema, table, column, comment in comments:
        if (schema, table) in names:
            con.execute(f'comment on column {names[schema, table]}."{column}" is {quoted(comment)}')
    return sorted(names.values())


def _create_view(con: duckdb.DuckDBPyConnection, node: views.Node, sql: str) -> None:
    """Create a view with its comments. It holds nothing of its own, so no file and no hash is made of it."""
    name = f"{node['schema']}.{node['alias']}"
    con.execute(f"create view {name} as {sql}")
    con.execute(f"comment on view {name} is {quoted(node['description'])}")
    for column, about in node["columns"].items():
        con.execute(f'comment on column {name}."{column}" is {quoted(about["description"])}')


def _write_check_results(con: duckdb.DuckDBPyConnection, checks: "Sequence[Check]") -> None:
    con.execute(
        "create table ops.ops_check_results as select 'source' as subject_kind, source_id as subject, content_sha256, "
        "is_newest, rule, stage, severity, outcome, n_failing, n_rows, detail, sample, checked_at "
        "from build.raw.check_result order by all"
    )
    for check in checks:
        con.execute(
            "insert into ops.ops_check_results values ('mart', ?, null, true, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [check.rule.split(".")[0], check.rule, check.stage, check.severity, "passed" if check.passed else "failed",
             check.n_failing, check.n_rows, check.detail, json.dumps(check.sample, default=str), clock.now()],
        )  # fmt: skip


def _comment_ops(con: duckdb.DuckDBPyConnection) -> None:
    """Describe the tables of operations and their columns. Raises where one has no words: nobody may have to guess."""
    for table, (about, columns) in OPS_WORDS.items():
        con.execute(f"comment on table ops.{table} is {quoted(about)}")
        for (column,) in con.execute(f"select column_name from (describe ops.{table})").fetchall():
            con.execute(f'comment on column ops.{table}."{column}" is {quoted(columns[column])}')


def describe(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    """Return the rows of a table and a hash of them that does not depend on their order."""
    n_rows, digest = con.execute(
        f"select count(*), sha256(coalesce(string_agg(row_hash::varchar, ',' order by row_hash), '')) "
        f"from (select hash(t) as row_hash from {name} as t)"
    ).fetchall()[0]
    return {"n_rows": n_rows, "sha256": digest}


def _sync(folder: Path) -> None:
    for path in [*(path for path in folder.rglob("*") if path.is_file()), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
