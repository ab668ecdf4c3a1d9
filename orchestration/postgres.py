"""Load the published build into PostgreSQL, whole and checked, beside the one in force; then swap the schemas.

A query there sees one build. PostgreSQL looks names up one by one, so the swap takes every table of the marts for
itself, at a moment when nobody holds one: who has looked one up goes on with the old ones first, who comes meanwhile
waits and then finds the new ones.
"""

import random
import re
import secrets
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from psycopg import errors, sql

from ingest.errors import UsageError
from ingest.home import Home, scratch
from orchestration import builds, postgres_tables, progress, publish
from orchestration.postgres_address import PostgresError, Target, told_faults
from orchestration.postgres_rights import READER, make_reader, warnings

OLDEST_SERVER = 14
# One of a kind in a database; the number is drawn at random.
LOCK = 7_146_502_893
LOCK_SECONDS = 10
SWAP_SECONDS = 300
PAUSE_SECONDS = 0.02
ASKS_BETWEEN_WAITS = 50
LIVE, NEXT, PREVIOUS, DROPPED = "marts", "marts_next", "marts_previous", "marts_dropped_"
COMMENT = "infra-atlas build {build_id}, as known on {known_at}"
BUILD_ID = re.compile(r"infra-atlas build ([^,]+),")
SESSION = """
    set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0;
    set default_transaction_read_only = off; set client_encoding = 'UTF8'; set timezone = 'UTC';
    set datestyle = 'ISO, YMD'; set extra_float_digits = 1; set tcp_keepalives_idle = 30;
    set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3
"""


@dataclass(frozen=True)
class Outcome:
    """What a publish did. `seconds` are those of loading with checking, and of swapping."""

    build_id: str
    is_changed: bool
    rows: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def load(home: Home, to: Target) -> Outcome:
    """Bring the schema `marts` of a database to the build in force.

    Raises UsageError where nothing is published, PostgresError where it cannot be done: what was there is still there.
    """
    if builds.current(home) is None:
        raise UsageError("No build is published yet. Run `atlas refresh`.")
    with _session(to) as con:
        # Read once nobody else publishes: another one may have come in force while this one waited.
        folder = (home.published / "current").resolve()
        manifest = builds.current(home)
        if manifest is None or manifest["build_id"] != folder.name:
            raise UsageError("Another build was published in this very moment. Run again.")
        build_id = manifest["build_id"]
        if _builds(con).get(LIVE) == build_id:
            return Outcome(build_id, False, warnings=tuple(warnings(con)))
        make_reader(con, to)
        _set_aside(con, NEXT)
        _drop_set_aside(con)
        start = time.monotonic()
        progress.tell("postgres", "loading and checking the marts")
        rows = _fill(home, con, folder, manifest)
        filled = time.monotonic()
        progress.tell("postgres", "waiting for the readers of the marts")
        _swap(con, [(PREVIOUS, _aside()), (LIVE, PREVIOUS), (NEXT, LIVE)])
        seconds = {"load": round(filled - start, 1), "swap": round(time.monotonic() - filled, 3)}
        try:
            told = (*_drop_set_aside(con), *warnings(con))
        except psycopg.Error:
            told = (
                "The new build is in force. The server went away before old ones were dropped; the next publish does.",
            )
        return Outcome(build_id, True, rows, seconds, told)


def roll_back(to: Target) -> str:
    """Put the build before the one in force back; return its name. What was in force is then the one before."""
    with _session(to) as con:
        held = _builds(con)
        if PREVIOUS not in held:
            raise UsageError(
                f"PostgreSQL at {to} holds no build before the one in force; there is nothing to go back to."
            )
        between = _aside()
        _swap(con, [(LIVE, between), (PREVIOUS, LIVE), (between, PREVIOUS)])
        return held[PREVIOUS]


@contextmanager
def _session(to: Target) -> Generator["psycopg.Connection[Any]"]:
    """Connect as the one publisher of a database."""
    kept_alive = {"connect_timeout": "10", "keepalives_idle": "30", "application_name": "infra-atlas"}
    with (
        told_faults(to),
        psycopg.connect(**{**kept_alive, **to.parameters}, autocommit=True) as con,  # ty: ignore[invalid-argument-type]
    ):
        version = con.info.server_version
        if version < OLDEST_SERVER * 10_000:
            raise PostgresError(
                f"PostgreSQL at {to} is of version {version // 10_000}; {OLDEST_SERVER} or newer is needed."
            )
        con.execute(SESSION)
        # What a killed publisher held is free as soon as the server has missed it.
        deadline = time.monotonic() + LOCK_SECONDS
        while not _one(con, "select pg_try_advisory_lock(%s)", LOCK):
            if time.monotonic() > deadline:
                raise PostgresError(
                    f"Another publisher is at work at {to}: {_who(con)}. Wait for it to end, then run again."
                )
            time.sleep(0.5)
        yield con


def _who(con: "psycopg.Connection[Any]") -> str:
    found = con.execute(
        "select l.pid, a.usename, a.client_addr, a.backend_start "
        "from pg_locks l left join pg_stat_activity a using (pid) "
        "where l.locktype = 'advisory' and l.granted and (l.classid::bigint << 32) + l.objid::bigint = %s "
        "and l.database = (select oid from pg_database where datname = current_database())",
        [LOCK],
    ).fetchall()
    return "; ".join(
        f"session {pid} of {user or 'another user'} from {address or 'this server'}, since {since or 'unknown'}"
        for pid, user, address, since in found
    ) or "a session that has just ended"  # fmt: skip


def _one(con: "psycopg.Connection[Any]", query: Any, *values: Any) -> Any:
    row = con.execute(query, values or None).fetchone()
    return row[0] if row else None


def _builds(con: "psycopg.Connection[Any]") -> dict[str, str]:
    """Return the build each schema of ours holds. Raises PostgresError where one of our names is somebody else's."""
    found = con.execute(
        "select nspname, obj_description(oid, 'pg_namespace') from pg_namespace "
        "where nspname in ('marts', 'marts_next', 'marts_previous') or starts_with(nspname, 'marts_dropped_')"
    ).fetchall()
    held = {name: BUILD_ID.match(comment or "") for name, comment in found}
    strange = sorted(name for name, match in held.items() if match is None)
    if strange:
        raise PostgresError(
            f"The schema {', '.join(strange)} in that database was not made by infra-atlas, so it is left alone. "
            "Use a database of its own, or rename that schema."
        )
    return {name: match[1] for name, match in held.items() if match}


def _aside() -> str:
    return DROPPED + secrets.token_hex(4)


def _set_aside(con: "psycopg.Connection[Any]", schema: str) -> None:
    """Rename what a killed load left: that waits for nobody."""
    if schema in _builds(con):
        con.execute(_rename(schema, _aside()))


def _rename(schema: str, name: str) -> sql.Composed:
    return sql.SQL("alter schema {} rename to {}").format(sql.Identifier(schema), sql.Identifier(name))


def _drop_set_aside(con: "psycopg.Connection[Any]") -> list[str]:
    """Drop what was set aside; return a line on each schema somebody still uses, which the next publish tries again."""
    kept = []
    for schema in sorted(name for name in _builds(con) if name.startswith(DROPPED)):
        tables = _tables(con, schema)
        drops = [sql.SQL("drop table {}").format(sql.SQL(", ").join(tables))] if tables else []
        drop_schema = sql.SQL("drop schema {}").format(sql.Identifier(schema))
        try:
            con.execute(sql.SQL("; ").join([_patience(con), *drops, drop_schema]))
        except errors.DependentObjectsStillExist as error:
            kept.append(
                f"The old schema {schema} is kept, as something outside rests on it "
                f"({(error.diag.message_detail or '').splitlines()[0]}) and does not follow to the new build."
            )
        except errors.QueryCanceled:
            kept.append(f"The old schema {schema} is kept until the next publish: {_holders(con, schema)}.")
    return kept


def _patience(con: "psycopg.Connection[Any]") -> sql.Composed:
    """Return the setting that ends a statement well before anybody who waits for it looks for a deadlock."""
    milliseconds = int(_one(con, "select setting from pg_settings where name = 'deadlock_timeout'")) // 4
    return sql.SQL("set local statement_timeout = {}").format(sql.Literal(max(milliseconds, 1)))


def _tables(con: "psycopg.Connection[Any]", schema: str) -> list[sql.Identifier]:
    found = con.execute(
        "select relname from pg_class where relnamespace = %s::regnamespace and relkind = 'r' order by relname",
        [schema],
    ).fetchall()
    return [sql.Identifier(schema, name) for (name,) in found]


def _fill(home: Home, con: "psycopg.Connection[Any]", folder: Path, manifest: dict[str, Any]) -> dict[str, int]:
    """Make the schema `marts_next` of the build, in one transaction; return the rows of each table."""
    rows = {}
    next_ = sql.Identifier(NEXT)
    with (
        scratch(home) as scrap,
        duckdb.connect(str(folder / "atlas.duckdb"), read_only=True) as build,
        con.transaction(),
    ):
        con.execute(sql.SQL("create schema {}").format(next_))
        con.execute(sql.SQL("comment on schema {} is {}").format(next_, sql.Literal(COMMENT.format_map(manifest))))
        file = scrap / "postgres.csv"
        try:
            for table in postgres_tables.tables(build):
                name = f"marts.{table.name}"
                described = manifest["tables"].get(name) or publish.describe(build, name)
                postgres_tables.load(build, con, NEXT, table, described, file)
                rows[table.name] = described["n_rows"]
        finally:
            file.unlink(missing_ok=True)
        reader = sql.Identifier(READER)
        con.execute(sql.SQL("grant select on all tables in schema {} to {}").format(next_, reader))
    return rows


def _swap(con: "psycopg.Connection[Any]", renames: list[tuple[str, str]]) -> None:
    """Rename schemas, those that are there, while nobody reads the marts. Raises PostgresError where somebody does."""
    there = set(_builds(con))
    live = _tables(con, LIVE) if LIVE in there else []
    statements = []
    for schema, name in renames:
        if schema in there:
            statements.append(_rename(schema, name))
            there = there - {schema} | {name}
    reader = sql.Identifier(READER)
    for schema in sorted(there - {LIVE}):
        statements.append(sql.SQL("revoke usage on schema {} from {}").format(sql.Identifier(schema), reader))
    statements.append(sql.SQL("grant usage on schema {} to {}").format(sql.Identifier(LIVE), reader))
    deadline = time.monotonic() + SWAP_SECONDS
    for attempt in count(1):
        lock = sql.SQL("lock table {} in access exclusive mode").format(sql.SQL(", ").join(live))
        # Asking at a moment when nobody reads makes nobody wait. Where somebody always does, newcomers are held up.
        is_patient = attempt % ASKS_BETWEEN_WAITS == 0
        taking = [_patience(con), lock if is_patient else lock + sql.SQL(" nowait")] if live else []
        try:
            # Sent as one, it is one transaction that never waits for this side while it holds the tables.
            con.execute(sql.SQL("; ").join([*taking, *statements]))
            return
        except (errors.QueryCanceled, errors.LockNotAvailable, errors.DeadlockDetected):
            if time.monotonic() > deadline:
                raise PostgresError(
                    f"The marts in PostgreSQL were in use for {SWAP_SECONDS} seconds, so the old ones stay: "
                    f"{_holders(con, LIVE)}. End these sessions or wait, then run again."
                ) from None
        time.sleep(random.uniform(0, 2 * PAUSE_SECONDS))  # noqa: S311


def _holders(con: "psycopg.Connection[Any]", schema: str) -> str:
    """Tell how many sessions hold tables of a schema, never what they ask."""
    found = con.execute(
        "select distinct l.pid from pg_locks l join pg_class c on c.oid = l.relation "
        "where c.relnamespace = to_regnamespace(%s) and l.granted and l.pid <> pg_backend_pid() "
        "and l.database = (select oid from pg_database where datname = current_database()) order by l.pid",
        [schema],
    ).fetchall()
    told = ", ".join(str(pid) for (pid,) in found)
    return f"{len(found)} sessions hold its tables ({told})" if found else "sessions held its tables until just now"
