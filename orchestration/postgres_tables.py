"""The marts as tables of PostgreSQL: their types, their making, their bytes there and back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from psycopg import sql

from orchestration import publish
from orchestration.postgres_address import UNCHANGED, PostgresError

TYPES = {
    "VARCHAR": "text",
    "DOUBLE": "double precision",
    "BIGINT": "bigint",
    "INTEGER": "integer",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
}
DECIMAL = re.compile(r"DECIMAL\(\d+,\d+\)")
# PostgreSQL cuts longer names without a word.
MOST_BYTES_OF_A_NAME = 63
INDEXED = "iso3"
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Table:
    """A table or view of the marts in the published build. A column is its name, its DuckDB type and its comment."""

    name: str
    comment: str | None
    columns: tuple[tuple[str, str, str | None], ...]


def tables(con: duckdb.DuckDBPyConnection) -> list[Table]:
    """Return the tables and views of the schema `marts`, by name."""
    columns: dict[str, list[tuple[str, str, str | None]]] = {}
    for table, *column in con.execute(
        "select table_name, column_name, data_type, comment from duckdb_columns() "
        "where schema_name = 'marts' and database_name = current_database() order by table_name, column_index"
    ).fetchall():
        columns.setdefault(table, []).append((column[0], column[1], column[2]))
    comments = con.execute(
        "select table_name, comment from duckdb_tables() where schema_name = 'marts' union all "
        "select view_name, comment from duckdb_views() where schema_name = 'marts'"
    ).fetchall()
    return [Table(name, comment, tuple(columns[name])) for name, comment in sorted(comments)]


def postgres_type(duckdb_type: str) -> str:
    """Return the PostgreSQL type that holds every value of a DuckDB type. Raises PostgresError where none is known."""
    if DECIMAL.fullmatch(duckdb_type):
        return duckdb_type.replace("DECIMAL", "numeric")
    if duckdb_type not in TYPES:
        raise PostgresError(f"No PostgreSQL type is known for {duckdb_type}. Add one to {__name__}.TYPES.")
    return TYPES[duckdb_type]


def definition(schema: str, table: Table) -> sql.Composed:
    """Return the statements that make a table with its comments."""
    for name in (table.name, *(column for column, _, _ in table.columns)):
        if len(name.encode()) > MOST_BYTES_OF_A_NAME:
            raise PostgresError(f"The name {name} has more than {MOST_BYTES_OF_A_NAME} bytes, which PostgreSQL cuts.")
    where = sql.Identifier(schema, table.name)
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(postgres_type(type_)))  # ty: ignore[invalid-argument-type]
        for name, type_, _ in table.columns
    ]
    statements = [sql.SQL("create table {} ({})").format(where, sql.SQL(", ").join(columns))]
    if table.comment:
        statements.append(sql.SQL("comment on table {} is {}").format(where, sql.Literal(table.comment)))
    for name, _, comment in table.columns:
        if comment:
            column = sql.Identifier(schema, table.name, name)
            statements.append(sql.SQL("comment on column {} is {}").format(column, sql.Literal(comment)))
    return sql.SQL("; ").join(statements)


def load(
    build: duckdb.DuckDBPyConnection, con: psycopg.Connection[Any], schema: str, table: Table,
    described: Mapping[str, Any], file: Path,
) -> None:  # fmt: skip
    """Make a table, fill it and read it back. It has to be inside one transaction.

    `described` are the rows and the hash it must have, `file` a place for a moment. Raises PostgresError where what
    comes back differs.
    """
    where = sql.Identifier(schema, table.name)
    con.execute(definition(schema, table))
    build.execute(f"copy (from marts.\"{table.name}\") to '{file}' (format csv, header false)")
    # Frozen rows are seen by every transaction. One with a snapshot of before the load would find the new table empty.
    copy = sql.SQL("copy {} from stdin (format csv, freeze)").format(where)
    with con.cursor() as cursor, cursor.copy(copy) as into, file.open("rb") as rows:
        while chunk := rows.read(CHUNK_BYTES):
            into.write(chunk)
    _check(build, con, where, table, described, file)
    if INDEXED in {name for name, _, _ in table.columns}:
        con.execute(sql.SQL("create index on {} ({})").format(where, sql.Identifier(INDEXED)))
    con.execute(sql.SQL("analyze {}").format(where))


def _check(
    build: duckdb.DuckDBPyConnection, con: psycopg.Connection[Any], where: sql.Identifier, table: Table,
    described: Mapping[str, Any], file: Path,
) -> None:  # fmt: skip
    copy = sql.SQL("copy {} to stdout (format csv)").format(where)
    with con.cursor() as cursor, cursor.copy(copy) as out, file.open("wb") as rows:
        for chunk in out:
            rows.write(chunk)
    names = ", ".join(f"'{name}': '{type_}'" for name, type_, _ in table.columns)
    build.execute(
        f"create or replace temp view read_back as from read_csv('{file}', auto_detect = false, header = false, "
        f"delim = ',', quote = '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false, columns = {{{names}}})"
    )
    found = publish.describe(build, "read_back")
    if found != described:
        raise PostgresError(
            f"{table.name} came back from PostgreSQL with {found['n_rows']} rows and hash {found['sha256'][:12]}; "
            f"the build has {described['n_rows']} and {described['sha256'][:12]}. {UNCHANGED}"
        )
