"""What happened: the fetch log, vintages, calendar and check results, in one SQLite file.

SQLite because several processes write it, a kill must not hurt it, and it needs no server.
"""

import json
import sqlite3
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from ingest import clock
from ingest.errors import AtlasError, is_full_disk

if TYPE_CHECKING:
    import polars as pl

    from expectations.results import Check

Status = Literal[
    "fetched", "unchanged", "archived", "no_vintage", "unreachable", "quarantined", "failed", "disabled"
]  # fmt: skip
GOOD: frozenset[str] = frozenset({"fetched", "unchanged", "archived"})
# A source told on that day what it holds; an archived vintage that stands in for a day saw nothing.
OBSERVED: frozenset[str] = frozenset({"fetched", "unchanged"})
TABLES = {
    "fetch_log": """
        fetch_id integer primary key, source_id text not null, day date not null, address text, edition text,
        status text not null, basis text, known_at date, n_bytes integer, raw_sha256 text, content_sha256 text,
        fetched_at timestamp not null, attempts integer not null, error text""",
    "validator": """
        address text primary key, etag text, last_modified text, raw_sha256 text not null, member text""",
    "vintage": """
        source_id text not null, known_at date not null, content_sha256 text not null, fetch_id integer not null,
        parse_key text not null, is_accepted boolean not null, n_rows integer not null, n_set_aside integer not null,
        period_min date, period_max date, landed_file text, compared_with text, gated_at timestamp not null,
        primary key (source_id, known_at, content_sha256)""",
    "calendar": """
        source_id text not null, day date not null, status text not null, vintage_known_at date, content_sha256 text,
        n_rows integer, content_max_period date, checked_at timestamp not null, message text,
        primary key (source_id, day)""",
    "check_result": """
        source_id text not null, content_sha256 text not null, rule text not null, stage text not null,
        severity text not null, outcome text not null, n_failing integer not null, n_rows integer not null,
        detail text not null, sample text not null, checked_at timestamp not null,
        primary key (source_id, content_sha256, stage, rule)""",
    "restatement": """
        restatement_id integer primary key, source_id text not null, known_at date not null,
        content_sha256 text not null, old_parse_key text not null, new_parse_key text not null,
        was_accepted boolean not null, is_accepted boolean not null, old_n_rows integer not null,
        new_n_rows integer not null, restated_at timestamp not null""",
    "mart_restatement": """
        mart text not null, known_at date not null, old_build_id text not null, new_build_id text not null,
        old_key text not null, new_key text not null, restated_at timestamp not null,
        primary key (mart, known_at, old_build_id)""",
}
# One row per answer that says something else than the one before it by day, or says again what was blocked.
STARTS = """
    select answer.*, coalesce(not vintage.is_accepted, false) as is_blocked from (
        select *, lag(content_sha256) over answers as last_content, lag(known_at) over answers as last_known_at
        from fetch_log where source_id = ? and raw_sha256 is not null and status in ('fetched', 'archived', 'unchanged')
        window answers as (order by known_at, fetch_id)
    ) as answer
    left join vintage using (source_id, known_at, content_sha256)
    left join vintage as last on last.source_id = answer.source_id and last.known_at = answer.last_known_at
        and last.content_sha256 = answer.last_content
    where last_content is null or last_content <> answer.content_sha256
        or (not last.is_accepted and answer.last_known_at < answer.known_at)
    order by answer.known_at, answer.fetch_id"""
TYPES = {"integer": "Int64", "text": "String", "date": "Date", "timestamp": "Datetime", "boolean": "Boolean"}


@dataclass(frozen=True)
class Vintage:
    """One accepted or blocked content of a source and the day it was published."""

    source_id: str
    known_at: date
    content_sha256: str
    fetch_id: int
    parse_key: str
    is_accepted: bool
    n_rows: int
    n_set_aside: int
    period_min: date | None
    period_max: date | None
    landed_file: str | None
    compared_with: str | None = None  # content of the vintage before, which the gate saw beside it


@dataclass(frozen=True)
class Archived:
    """Content that is in the archive and differs from what was known before it."""

    fetch_id: int
    source_id: str
    known_at: date
    basis: str
    edition: str | None
    raw_sha256: str
    content_sha256: str
    is_blocked: bool


@dataclass(frozen=True)
class Validator:
    """What a publisher said of its last answer at an address, and the archived bytes that hold it.

    `member` names the answer inside an archived bundle; None where the bytes are the answer.
    """

    address: str
    etag: str | None
    last_modified: str | None
    raw_sha256: str
    member: str | None


def _outcome(check: "Check") -> str:
    if check.rule == "not_run":
        return "not_run"
    return "passed" if check.passed else "failed"


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class Ops:
    """The operations database. Every write is one transaction."""

    def __init__(self, path: Path) -> None:
        try:
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            self._db.execute("pragma journal_mode = wal")
            for name, columns in TABLES.items():
                self._db.execute(f"create table if not exists {name} ({columns})")
        except sqlite3.Error as error:
            if is_full_disk(error):
                raise
            raise AtlasError(
                f"{path} cannot be opened for writing ({error}). Check its permissions; if it is damaged, restore it "
                "from a backup."
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def forget_vintages(self) -> None:
        """Drop what a re-gate of the archive makes anew; the fetch log and the calendar stay."""
        for name in ("vintage", "check_result"):
            self._db.execute(f"drop table if exists {name}")
            self._db.execute(f"create table {name} ({TABLES[name]})")

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Write all of a block together, or nothing of it."""
        self._db.execute("begin immediate")
        try:
            yield
            self._db.execute("commit")
        except BaseException:
            self._db.execute("rollback")
            raise

    def _put(self, table: str, row: dict[str, Any]) -> int:
        names = ", ".join(row)
        marks = ", ".join("?" for _ in row)
        values = [value.isoformat() if isinstance(value, date) else value for value in row.values()]
        return int(
            self._db.execute(f"insert or replace into {table} ({names}) values ({marks})", values).lastrowid or 0
        )

    def log_fetch(
        self,
        source_id: str,
        day: date,
        status: Status,
        *,
        address: str | None = None,
        edition: str | None = None,
        basis: str | None = None,
        known_at: date | None = None,
        n_bytes: int | None = None,
        raw_sha256: str | None = None,
        content_sha256: str | None = None,
        attempts: int = 1,
        error: str | None = None,
    ) -> int:
        """Append one row to the fetch log and return its number."""
        return self._put(
            "fetch_log",
            {
                "source_id": source_id, "day": day, "address": address, "edition": edition, "status": status,
                "basis": basis, "known_at": known_at, "n_bytes": n_bytes, "raw_sha256": raw_sha256,
                "content_sha256": content_sha256, "fetched_at": clock.now(), "attempts": attempts, "error": error,
            },
        )  # fmt: skip

    def validator(self, address: str) -> Validator | None:
        """Return what is kept of the last answer at an address, if the gate accepted what it brought.

        A publisher who says "not modified" of bytes that came damaged would keep them damaged for ever.
        """
        row = self._db.execute(
            "select * from validator where address = ? and exists (select 1 from fetch_log "
            "join vintage using (source_id, known_at, content_sha256) "
            "where fetch_log.raw_sha256 = validator.raw_sha256 and vintage.is_accepted)",
            [address],
        ).fetchone()
        return Validator(**row) if row else None

    def put_validator(self, validator: Validator) -> None:
        """Keep what a publisher said of an answer, in place of what it said before."""
        self._put("validator", validator.__dict__)

    def archived(self, source_id: str) -> list[Archived]:
        """Return what began a vintage, in the order it became known.

        Every answer counts by its day, in whatever order the answers came in: content that was known already begins
        none. Blocked content that is met again on a later day does, because it is judged again by that day.
        """
        rows = self._db.execute(STARTS, [source_id])
        return [
            Archived(
                row["fetch_id"], source_id, date.fromisoformat(row["known_at"]), row["basis"], row["edition"],
                row["raw_sha256"], row["content_sha256"], bool(row["is_blocked"]),
            )
            for row in rows
        ]  # fmt: skip

    def raw_hashes(self, source_id: str) -> set[str]:
        """Return the sha256 of all bytes that came from a source."""
        rows = self._db.execute("select distinct raw_sha256 from fetch_log where source_id = ?", [source_id])
        return {row["raw_sha256"] for row in rows if row["raw_sha256"]}

    def editions(self, source_id: str) -> set[str]:
        """Return the editions that came from a source, without those the gate blocked."""
        rows = self._db.execute(
            "select distinct edition from fetch_log left join vintage using (source_id, known_at, content_sha256) "
            "where source_id = ? and edition is not null and raw_sha256 is not null and coalesce(is_accepted, true)",
            [source_id],
        )
        return {row["edition"] for row in rows}

    def vintages(self, source_id: str, until: date = date.max) -> list[Vintage]:
        """Return all vintages known by `until`, blocked ones included, in the order they became known."""
        rows = self._db.execute(
            f"select vintage.* from vintage join ({STARTS}) as start using (source_id, known_at, content_sha256) "
            "where known_at <= ? group by known_at, content_sha256 order by known_at, vintage.fetch_id",
            [source_id, until.isoformat()],
        )
        return [
            Vintage(
                source_id, date.fromisoformat(row["known_at"]), row["content_sha256"], row["fetch_id"],
                row["parse_key"], bool(row["is_accepted"]), row["n_rows"], row["n_set_aside"], _date(row["period_min"]),
                _date(row["period_max"]), row["landed_file"], row["compared_with"],
            )
            for row in rows
        ]  # fmt: skip

    def in_force(self, source_id: str, on: date) -> Vintage | None:
        """Return the last good vintage known on that day."""
        good = [vintage for vintage in self.vintages(source_id, on) if vintage.is_accepted]
        return good[-1] if good else None

    def put_vintage(self, vintage: Vintage, checks: Iterable["Check"]) -> None:
        """Record a gated vintage and its check results together.

        Where other code read the same content otherwise before, that is a restatement and is logged.
        """
        with self.transaction():
            self._log_restatement(vintage)
            self._put("vintage", {**vintage.__dict__, "gated_at": clock.now()})
            self._db.execute(
                "delete from check_result where source_id = ? and content_sha256 = ?",
                [vintage.source_id, vintage.content_sha256],
            )
            for check in checks:
                self.put_check(vintage.source_id, vintage.content_sha256, check)

    def log_mart_restatement(self, mart: str, known_at: date, before: tuple[str, str], after: tuple[str, str]) -> None:
        """Record that a build tells a past day otherwise; `before` and `after` are (build_id, key of the inputs)."""
        self._put(
            "mart_restatement",
            {
                "mart": mart, "known_at": known_at, "old_build_id": before[0], "new_build_id": after[0],
                "old_key": before[1], "new_key": after[1], "restated_at": clock.now(),
            },
        )  # fmt: skip

    def _log_restatement(self, vintage: Vintage) -> None:
        before = self._db.execute(
            "select * from vintage where source_id = ? and known_at = ? and content_sha256 = ?",
            [vintage.source_id, vintage.known_at.isoformat(), vintage.content_sha256],
        ).fetchone()
        if before and before["landed_file"] != vintage.landed_file:
            self._put(
                "restatement",
                {
                    "source_id": vintage.source_id, "known_at": vintage.known_at,
                    "content_sha256": vintage.content_sha256, "old_parse_key": before["parse_key"],
                    "new_parse_key": vintage.parse_key, "was_accepted": bool(before["is_accepted"]),
                    "is_accepted": vintage.is_accepted, "old_n_rows": before["n_rows"],
                    "new_n_rows": vintage.n_rows, "restated_at": clock.now(),
                },
            )  # fmt: skip

    def put_check(self, source_id: str, content_sha256: str, check: "Check") -> None:
        """Record one check result, replacing the same rule's earlier result on the same content."""
        self._put(
            "check_result",
            {
                "source_id": source_id, "content_sha256": content_sha256, "rule": check.rule, "stage": check.stage,
                "severity": check.severity, "outcome": _outcome(check),
                "n_failing": check.n_failing, "n_rows": check.n_rows, "detail": check.detail,
                "sample": json.dumps(check.sample, default=str, ensure_ascii=False), "checked_at": clock.now(),
            },
        )  # fmt: skip

    def checks(self, source_id: str, content_sha256: str) -> list[dict[str, Any]]:
        """Return the check results of one content, in the order they were run."""
        rows = self._db.execute(
            "select * from check_result where source_id = ? and content_sha256 = ? order by rowid",
            [source_id, content_sha256],
        )
        return [dict(row) for row in rows]

    def put_day(self, source_id: str, day: date, status: Status, in_force: Vintage | None, message: str | None) -> None:
        """Record how a source stood on a day, in place of what was recorded before."""
        self._put(
            "calendar",
            {
                "source_id": source_id, "day": day, "status": status,
                "vintage_known_at": in_force and in_force.known_at,
                "content_sha256": in_force and in_force.content_sha256, "n_rows": in_force and in_force.n_rows,
                "content_max_period": in_force and in_force.period_max, "checked_at": clock.now(), "message": message,
            },
        )  # fmt: skip

    def day(self, source_id: str, day: date) -> dict[str, Any] | None:
        """Return the calendar row of a source and day."""
        row = self._db.execute(
            "select * from calendar where source_id = ? and day = ?", [source_id, day.isoformat()]
        ).fetchone()
        return dict(row) if row else None

    def table(self, name: str) -> "pl.DataFrame":
        """Return a whole table as a typed polars frame, for the warehouse."""
        import polars as pl

        info = self._db.execute(f"pragma table_info({name})").fetchall()
        columns = {row["name"]: getattr(pl, TYPES[row["type"].lower()]) for row in info}
        rows = [tuple(row) for row in self._db.execute(f"select {', '.join(columns)} from {name}")]
        text = {column: pl.String if dtype in (pl.Date, pl.Datetime) else pl.Int64 if dtype == pl.Boolean else dtype
                for column, dtype in columns.items()}  # fmt: skip
        frame = pl.DataFrame(rows, schema=text, orient="row")
        return frame.with_columns(
            *(pl.col(column).str.to_date() for column, dtype in columns.items() if dtype == pl.Date),
            *(pl.col(column).str.to_datetime(time_unit="us", time_zone="UTC").dt.replace_time_zone(None)
              for column, dtype in columns.items() if dtype == pl.Datetime),
            *(pl.col(column).cast(pl.Boolean) for column, dtype in columns.items() if dtype == pl.Boolean),
        )  # fmt: skip
