"""The marts in PostgreSQL: exact, whole for every reader, and as they were whenever a load fails or is killed."""

import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, LiteralString

import dagster as dg
import duckdb
import psycopg
import pytest
from psycopg import errors

from ingest.errors import AtlasError, UsageError
from ingest.home import PROJECT_ROOT, Home, open_home
from orchestration import builds, postgres, publish, refresh
from orchestration.assets.postgres import postgres_assets
from orchestration.postgres_address import Target, target
from tests.conftest import TODAY
from tests.pipeline import COMMAND
from tests.postgres_server import PostgresServer, postgres_server

pytestmark = pytest.mark.slow
OWNER_PASSWORD = "p@ss/w:rd%#'1"
N_SWAPS = 60
DEADLINE_SECONDS = 150
ODD = ["", "\\N", "\\.", "NULL", 'say "so"', "it's", "a,b", "two\nlines", "\r\n", "\t", " ", "\\", "Côte d'Ivoire 🌍"]
# Two that no text of 15 digits tells apart, the smallest, the largest.
DOUBLES = ["0.1", "0.30000000000000004", "5e-324", "1.7976931348623157e308", "-1e-7", "'nan'", "'infinity'", "null"]


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as running:
        yield running


@dataclass
class Database:
    """A database made by the recipe, whose publisher `ATLAS_POSTGRES_URL` names; and builds to publish to it."""

    server: PostgresServer
    home: Home

    @property
    def address(self) -> str:
        return self.server.address("atlas", "atlas", OWNER_PASSWORD)

    def connect(self, user: str = "bi_tool") -> "psycopg.Connection[Any]":
        password = {"postgres": None, "atlas": OWNER_PASSWORD}.get(user, "reader")
        return self.server.connect("atlas", user, password)

    def ask(self, query: LiteralString, user: str = "bi_tool") -> list[tuple[Any, ...]]:
        with self.connect(user) as con:
            return con.execute(query).fetchall()

    def load(self) -> postgres.Outcome:
        return postgres.load(self.home, target())

    def build(self, number: int, *more: str, n_rows: int = 20) -> str:
        """Publish a build locally whose every row of `mart_a`, `mart_b` and the view on them holds the number."""
        build_id = f"build-{number}"
        folder = self.home.published / "builds" / build_id
        if not folder.exists():
            folder.mkdir()
            with duckdb.connect(str(folder / "atlas.duckdb")) as con:
                con.sql("create schema marts")
                for name in ("mart_a", "mart_b"):
                    con.sql(
                        f"create table marts.{name} as select {number} as n, i, 'FRA' as iso3 from range({n_rows}) t(i)"
                    )
                con.sql("create view marts.mart_v as select a.n, b.i from marts.mart_a a join marts.mart_b b using (i)")
                con.sql("comment on table marts.mart_a is 'It''s a mart.'")
                con.sql("comment on column marts.mart_a.n is 'A number, MW.'")
                con.sql("comment on view marts.mart_v is 'A view.'")
                for statement in more:
                    con.sql(statement)
                names = con.sql("select 'marts.' || table_name from duckdb_tables()").fetchall()
                tables = {name: publish.describe(con, name) for (name,) in names}
            manifest = {"build_id": build_id, "known_at": "2026-11-22", "inputs_key": build_id, "tables": tables}
            (folder / "manifest.json").write_text(json.dumps(manifest))
        builds.put_in_force(self.home, build_id)
        return build_id

    def number(self) -> int:
        """Return the number of the build readers see, all of it."""
        ((n, more),) = self.ask(
            "select min(n), max(n) from (select n from marts.mart_a union all select n from marts.mart_v) t"
        )
        assert n == more
        return n


@pytest.fixture
def database(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    server.follow_recipe(OWNER_PASSWORD, "reader")
    made = Database(server, open_home())
    monkeypatch.setenv("ATLAS_POSTGRES_URL", made.address)
    made.build(1)
    yield made
    server.run("drop database atlas with (force)")
    server.run("drop role atlas", "drop role bi_tool", "drop role atlas_reader")


def test_what_is_loaded_is_what_was_published(database: Database) -> None:
    texts = ", ".join(f"($${text}$$)" for text in ODD)
    doubles = ", ".join(f"({value})" for value in DOUBLES)
    database.build(
        2,
        f"create table marts.mart_odd as select row_number() over () i, txt from (values (null), {texts}) t(txt)",
        f"create table marts.mart_double as select row_number() over () i, v::double v from (values {doubles}) t(v)",
        "create table marts.mart_kinds as select 12345678901234567.89::decimal(20,2) as usd, date '0001-01-01' as day, "
        "timestamp '2026-01-02 03:04:05.123456' as at, timestamptz '2026-01-02 03:04:05+02' as zoned, true as is_so, "
        "9223372036854775807 as big, 7::integer as small union all select null, null, null, null, null, null, null",
        'create table marts."order" as select 1 as "select", 2 as "Odd ""name"""',
    )
    outcome = database.load()
    assert (outcome.is_changed, outcome.warnings) == (True, ())
    assert outcome.rows["mart_v"] == 20
    assert [text for (text,) in database.ask("select txt from marts.mart_odd order by i")] == [None, *ODD]
    doubles_there = [value for (value,) in database.ask("select v from marts.mart_double order by i")]
    assert [repr(value) for value in doubles_there] == [
        repr(float(value.strip("'"))) if value != "null" else "None" for value in DOUBLES
    ]
    types = database.ask(
        "select column_name, data_type from information_schema.columns where table_name = 'mart_kinds'"
    )
    assert dict(types) == {
        "usd": "numeric", "day": "date", "at": "timestamp without time zone", "zoned": "timestamp with time zone",
        "is_so": "boolean", "big": "bigint", "small": "integer",
    }  # fmt: skip
    assert database.ask('select "select", "Odd ""name""" from marts."order"') == [(1, 2)]


def test_tables_columns_and_the_schema_tell_what_they_are(database: Database) -> None:
    database.load()
    assert database.ask(
        "select obj_description('marts.mart_a'::regclass), col_description('marts.mart_a'::regclass, 1), "
        "obj_description('marts.mart_v'::regclass), obj_description('marts'::regnamespace)"
    ) == [("It's a mart.", "A number, MW.", "A view.", "infra-atlas build build-1, as known on 2026-11-22")]
    assert database.ask("select tablename from pg_indexes where indexdef like '%(iso3)' order by 1") == [
        ("mart_a",),
        ("mart_b",),
    ]


def test_a_build_that_is_there_is_not_loaded_again(database: Database) -> None:
    assert database.load().is_changed
    before = database.ask("select 'marts.mart_a'::regclass::oid")
    assert not database.load().is_changed
    assert database.ask("select 'marts.mart_a'::regclass::oid") == before


def test_the_build_in_force_when_the_turn_comes_is_published(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A publisher that waited for another one does not bring back the build of when it began to wait."""
    database.load()
    database.build(2)
    session = postgres._session

    @contextlib.contextmanager
    def after_another(to: Target) -> Iterator["psycopg.Connection[Any]"]:
        database.build(3)
        with session(to) as con:
            yield con

    monkeypatch.setattr(postgres, "_session", after_another)
    assert database.load().build_id == "build-3"
    assert database.number() == 3


def test_a_server_that_goes_away_after_the_swap_has_the_new_build(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.load()
    database.build(2)
    drop, calls = postgres._drop_set_aside, []

    def die_after_the_swap(con: "psycopg.Connection[Any]") -> list[str]:
        calls.append(con)
        if len(calls) == 2:
            with database.connect("postgres") as owner:
                owner.execute("select pg_terminate_backend(%s)", [con.info.backend_pid])
        return drop(con)

    monkeypatch.setattr(postgres, "_drop_set_aside", die_after_the_swap)
    (told,) = database.load().warnings
    assert told.startswith("The new build is in force")
    assert database.number() == 2


@pytest.mark.parametrize(
    ("otherwise", "told"),
    [
        ({"n_rows": 21}, "mart_b came back from PostgreSQL with 20 rows.*the build has 21"),
        # As many rows, of which one differs.
        ({"sha256": "0" * 64}, "mart_b came back from PostgreSQL with 20 rows.*the build has 20 and 000000000000"),
    ],
)
def test_what_came_back_otherwise_is_not_put_in_force(database: Database, otherwise: dict[str, Any], told: str) -> None:
    database.load()
    database.build(2)
    manifest = database.home.published / "current" / "manifest.json"
    content = json.loads(manifest.read_text())
    content["tables"]["marts.mart_b"] |= otherwise
    manifest.write_text(json.dumps(content))
    with pytest.raises(AtlasError, match=told):
        database.load()
    assert database.number() == 1
    assert schemas(database) == ["marts"]


def schemas(database: Database) -> list[str]:
    found = database.ask("select nspname from pg_namespace where starts_with(nspname, 'marts') order by 1")
    return [name for (name,) in found]


def test_a_rollback_exchanges_two_builds_and_a_publish_brings_the_one_in_force_back(database: Database) -> None:
    database.load()
    with pytest.raises(UsageError, match="holds no build before the one in force"):
        postgres.roll_back(target())
    database.build(2)
    database.load()
    assert postgres.roll_back(target()) == "build-1"
    assert database.number() == 1
    with pytest.raises(errors.InsufficientPrivilege):
        database.ask("select n from marts_previous.mart_a")
    assert postgres.roll_back(target()) == "build-2"
    postgres.roll_back(target())
    assert database.load().is_changed
    assert database.number() == 2
    assert schemas(database) == ["marts", "marts_previous"]


# --- readers


class Readers:
    """Readers of one kind each, who ask until the end of the block and say what they saw."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.done = threading.Event()
        self.n_reads = 0
        self.longest_seconds = 0.0
        self.faults: list[str] = []

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        kinds = (self.join, self.join_back, self.prepared, self.unqualified, self.transaction, self.snapshot)
        threads = [threading.Thread(target=self.repeat, args=(kind,), daemon=True) for kind in kinds]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.done.set()
            for thread in threads:
                thread.join(timeout=30)

    def repeat(self, read: Callable[["psycopg.Connection[Any]"], list[tuple[int, int, int]]]) -> None:
        with self.database.connect() as con:
            while not self.done.is_set():
                start = time.monotonic()
                try:
                    for one, other, count in read(con):
                        if one != other or count != 20:
                            self.faults.append(f"{read.__name__} saw builds {one} and {other}, {count} rows")
                except psycopg.Error as error:
                    self.faults.append(f"{read.__name__}: {error}")
                self.n_reads += 1
                self.longest_seconds = max(self.longest_seconds, time.monotonic() - start)
                time.sleep(random.uniform(0, 0.01))

    JOIN = "select min(a.n), max(b.n), count(*) from marts.mart_a a join marts.mart_b b using (i)"

    def join(self, con: "psycopg.Connection[Any]") -> list[Any]:
        return con.execute(self.JOIN).fetchall()

    def join_back(self, con: "psycopg.Connection[Any]") -> list[Any]:
        return con.execute(
            "select min(v.n), max(a.n), count(*) from marts.mart_v v join marts.mart_a a using (i)"
        ).fetchall()

    def prepared(self, con: "psycopg.Connection[Any]") -> list[Any]:
        return con.execute(self.JOIN + " where i >= %s", [0], prepare=True).fetchall()

    def unqualified(self, con: "psycopg.Connection[Any]") -> list[Any]:
        con.execute("set search_path = marts")
        return con.execute("select min(b.n), max(a.n), count(*) from mart_b b join mart_a a using (i)").fetchall()

    def transaction(self, con: "psycopg.Connection[Any]") -> list[Any]:
        """Two statements, in either order, with a thought between them."""
        tables = random.sample(["mart_a", "mart_b"], 2)
        with con.transaction():
            first = con.execute(f"select min(n) from marts.{tables[0]}").fetchall()[0][0]  # ty: ignore[no-matching-overload]
            time.sleep(random.uniform(0, 0.05))
            return [(first, *row) for row in con.execute(f"select max(n), count(*) from marts.{tables[1]}").fetchall()]  # ty: ignore[no-matching-overload]

    def snapshot(self, con: "psycopg.Connection[Any]") -> list[Any]:
        """A snapshot that is older than the tables it comes to read."""
        with con.transaction():
            con.execute("set transaction isolation level repeatable read")
            con.execute("select count(*) from pg_class")
            time.sleep(random.uniform(0, 0.2))
            return con.execute(self.JOIN).fetchall()


def test_readers_see_one_build_and_no_error_while_builds_are_swapped(database: Database) -> None:
    database.load()
    readers = Readers(database)
    seen = set()
    deadline = time.monotonic() + DEADLINE_SECONDS
    with readers.reading():
        for number in range(N_SWAPS):
            if number % 2:
                postgres.roll_back(target())
            else:
                database.build(2 + number % 4)
                database.load()
            seen.add(database.number())
            assert time.monotonic() < deadline, f"only {number} swaps"
    assert readers.faults == []
    assert len(seen) > 1
    assert readers.n_reads > N_SWAPS * 10
    print(f"{readers.n_reads} reads, the longest {readers.longest_seconds:.2f} s")


def test_a_transaction_that_has_read_one_mart_reads_the_same_build_of_the_other(database: Database) -> None:
    database.load()
    database.build(2)
    with database.connect() as reader, reader.transaction():
        reader.execute("select n from marts.mart_b")
        publisher = threading.Thread(target=database.load, daemon=True)
        publisher.start()
        wait_for(lambda: "marts_next" in schemas(database))
        time.sleep(1)
        assert reader.execute("select distinct n from marts.mart_a").fetchall() == [(1,)]
    publisher.join(timeout=30)
    assert database.number() == 2


def wait_for(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def test_a_snapshot_of_before_the_load_sees_the_new_build_whole(database: Database) -> None:
    database.load()
    with database.connect() as reader, reader.transaction():
        reader.execute("set transaction isolation level repeatable read")
        reader.execute("select count(*) from pg_class")
        database.build(2)
        database.load()
        assert reader.execute(Readers.JOIN).fetchall() == [(2, 2, 20)]
        assert reader.execute("select count(*) from marts.mart_a where iso3 = 'FRA'").fetchall() == [(20,)]


def test_a_reader_who_never_ends_is_named_and_keeps_the_old_build(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "SWAP_SECONDS", 1)
    database.load()
    database.build(2)
    with database.connect() as reader, reader.transaction():
        reader.execute("select n, 'its secret' from marts.mart_a")
        with pytest.raises(AtlasError, match=f"1 sessions hold its tables .{reader.info.backend_pid}.") as told:
            database.load()
        assert "its secret" not in str(told.value)
        assert database.number() == 1
    assert database.load().is_changed
    assert database.number() == 2
    assert schemas(database) == ["marts", "marts_previous"]


def test_a_reader_of_the_build_before_delays_nobody(database: Database) -> None:
    for number in (1, 2):
        database.build(number)
        database.load()
    with database.connect("atlas") as reader, reader.transaction():
        reader.execute("select n from marts_previous.mart_a")
        database.build(3)
        start = time.monotonic()
        outcome = database.load()
        assert time.monotonic() - start < 5
        assert re.fullmatch(
            r"The old schema marts_dropped_\w+ is kept until the next publish: 1 sessions.*", outcome.warnings[0]
        )
        assert database.number() == 3
    database.build(4)
    assert database.load().warnings == ()
    assert schemas(database) == ["marts", "marts_previous"]


def test_what_others_built_on_the_marts_is_never_dropped(database: Database) -> None:
    database.load()
    with database.connect("postgres") as owner:
        owner.execute("create schema theirs; create view theirs.seen as select n from marts.mart_a")
    for number in (2, 3):
        database.build(number)
        outcome = database.load()
    assert "view theirs.seen depends on table" in outcome.warnings[0]
    assert database.ask("select distinct n from theirs.seen", "postgres") == [(1,)]


def test_a_schema_of_that_name_that_is_not_ours_is_left_alone(database: Database) -> None:
    with database.connect("postgres") as owner:
        owner.execute("create schema marts; create table marts.theirs as select 1 as n")
    with pytest.raises(AtlasError, match="schema marts in that database was not made by infra-atlas"):
        database.load()
    assert database.ask("select n from marts.theirs", "postgres") == [(1,)]


# --- publishers


def test_a_second_publisher_ends_and_says_who_is_at_work(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "LOCK_SECONDS", 0)
    with postgres._session(target()) as first, pytest.raises(AtlasError) as told:
        pid = first.info.backend_pid
        database.load()
    assert f"session {pid} of atlas from 127.0.0.1, since" in str(told.value)
    assert database.load().is_changed


def start_publisher(database: Database) -> "subprocess.Popen[bytes]":
    code = "from ingest.home import open_home\nfrom orchestration import postgres\n"
    code += "from orchestration.postgres_address import target\npostgres.load(open_home(), target())"
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=PROJECT_ROOT, env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
    )


def in_copy(database: Database) -> bool:
    return bool(database.ask("select 1 from pg_stat_progress_copy where tuples_processed > 1000", "postgres"))


def before_or_in_the_swap(database: Database) -> bool:
    return "marts_next" in schemas(database)


def in_the_swap(database: Database) -> bool:
    return bool(database.ask("select 1 from pg_locks where mode = 'AccessExclusiveLock' and not granted", "postgres"))


@pytest.mark.parametrize("reached", [in_copy, before_or_in_the_swap, in_the_swap], ids=lambda one: one.__name__)
def test_a_killed_publisher_leaves_the_old_build_and_the_next_one_publishes(
    database: Database, reached: Callable[[Database], bool]
) -> None:
    database.load()
    database.build(2, n_rows=100_000)
    with database.connect() as reader, reader.transaction():
        reader.execute("select n from marts.mart_a")  # so that the swap cannot end before the kill
        worker = start_publisher(database)
        try:
            wait_for(lambda: reached(database))
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait(timeout=30)
        with database.connect() as other, other.transaction():
            assert other.execute("select distinct n from marts.mart_b").fetchall() == [(1,)]
    # A swap that the server was asked for it may end by itself: then the new build is in force, whole.
    database.load()
    assert database.number() == 2
    assert schemas(database) == ["marts", "marts_previous"]


# --- rights


@pytest.mark.parametrize(
    "statement",
    [
        "insert into marts.mart_a (n) values (1)",
        "delete from marts.mart_a",
        "truncate marts.mart_a",
        "drop table marts.mart_a",
        "alter table marts.mart_a add column x int",
        "create table marts.mine (n int)",
        "create table public.mine (n int)",
        "create temp table mine (n int)",
        "create schema mine",
        "select lo_creat(-1)",
        "select lo_from_bytea(0, 'x')",
        "select n from marts_previous.mart_a",
        "select n from theirs.secret",
        "select pg_read_file('postgresql.conf')",
        "set role atlas",
        "comment on schema marts is 'infra-atlas build x, as known on y'",
    ],
)
def test_a_reader_of_the_recipe_can_do_nothing_but_read(database: Database, statement: LiteralString) -> None:
    with database.connect("postgres") as owner:
        owner.execute("create schema theirs; create table theirs.secret (n int)")
    for number in (1, 2):
        database.build(number)
        database.load()
    with database.connect() as reader, pytest.raises(errors.InsufficientPrivilege):
        reader.execute(statement)
    assert database.number() == 2


def test_what_everybody_may_do_is_told_with_what_takes_it_away(database: Database) -> None:
    with database.connect("postgres") as owner:
        owner.execute(
            "grant temporary on database atlas to public; grant create, usage on schema public to public; "
            "create table public.secret (n int); grant select on public.secret to public; "
            "grant execute on function lo_create(oid) to public; "
            "drop role if exists clerk; create role clerk; grant clerk to atlas_reader"
        )
    database.load()
    with database.connect("postgres") as owner:
        owner.execute("grant update (n) on marts.mart_a to public")
    lines = database.load().warnings
    assert [line.split("may also ")[1].split(" in that")[0] for line in lines] == [
        "make temporary tables", "make tables", "make large objects", "use other tables",
        "act as another role",
    ]  # fmt: skip
    with database.connect("postgres") as owner:
        for line in lines:
            owner.execute(line.split("To take it away: ")[1])  # ty: ignore[no-matching-overload]
    assert database.load().warnings == ()


def test_a_publisher_who_may_not_make_the_role_says_what_to_run(database: Database) -> None:
    database.server.run("drop role bi_tool", "create role bi_tool login")
    with database.connect("postgres") as owner:
        owner.execute("drop owned by atlas_reader; drop role atlas_reader")
    with pytest.raises(AtlasError, match="administrator run: create role atlas_reader nologin;"):
        database.load()
    database.server.run("create role atlas_reader nologin")
    assert database.load().is_changed


# --- faults


def spoiled(name: str, database: Database, monkeypatch: pytest.MonkeyPatch) -> str:
    """Spoil one thing; return the address to use."""
    server = database.server
    if name == "away":
        return database.address.replace(f":{server.port}/", ":1/")
    if name == "password":
        return server.address("atlas", "atlas", OWNER_PASSWORD + "x")
    if name == "database":
        return server.address("nowhere", "atlas", OWNER_PASSWORD)
    if name == "permission":
        with database.connect("postgres") as owner:
            owner.execute("alter database atlas owner to postgres; grant connect on database atlas to atlas")
    if name == "old":
        monkeypatch.setattr(postgres, "OLDEST_SERVER", 99)
    return database.address


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("away", "Connection refused.*The server is away"),
        ("password", 'password authentication failed for user "atlas".*Give the password in PGPASSWORD'),
        ("database", 'database "nowhere" does not exist.*docs/bi.md'),
        ("permission", "this user may not do that .permission denied for database atlas"),
        ("old", r"is of version \d+; 99 or newer"),
    ],
)
def test_a_fault_is_one_message_without_a_secret(
    database: Database, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], name: str, words: str
) -> None:
    address = spoiled(name, database, monkeypatch)
    monkeypatch.setenv("ATLAS_POSTGRES_URL", address)
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(postgres_assets(), instance=instance, raise_on_error=False)
        assert not result.success
        (failed,) = [event for event in result.all_events if event.is_step_failure]
        told = failed.step_failure_data.user_failure_data
        assert told is not None
        assert re.search(words, str(told.description))
        logged = "".join(str(record) for record in instance.all_logs(result.run_id))
    captured = capfd.readouterr()
    for text in (logged, captured.out, captured.err):
        assert OWNER_PASSWORD not in text
        assert address.split("@")[0] not in text


def test_the_asset_tells_the_build_its_rows_and_whether_it_is_new(database: Database) -> None:
    for is_changed in (True, False):
        result = dg.materialize(postgres_assets())
        (event,) = result.asset_materializations_for_node("published_postgres")
        assert event.metadata["build_id"].value == "build-1"
        assert event.metadata["is_changed"].value is is_changed
    assert postgres_assets()[0].key.to_user_string() == "published_postgres"


def test_a_server_that_was_away_gets_the_build_with_the_next_refresh(
    database: Database, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of the refresh only what follows it runs: it has loaded and built, or found nothing new."""
    for part in ("_load", "_build"):
        monkeypatch.setattr(refresh, part, lambda *_: None)
    monkeypatch.setattr(refresh, "ready", lambda: database.home)
    monkeypatch.setenv("DAGSTER_HOME", str(database.home.dagster))
    database.server.stop()
    try:
        assert refresh.refresh([TODAY], [], strict=False) == 1
    finally:
        database.server.start()
    said = " ".join(capfd.readouterr().err.split())
    assert re.search(r"Not published to PostgreSQL\. PostgreSQL at \S+ as atlas: .*refused\. The server is away", said)
    assert OWNER_PASSWORD not in said
    assert schemas(database) == []
    assert refresh.refresh([TODAY], [], strict=False) == 0
    assert database.number() == 1


def test_the_commands_say_what_they_did_and_never_the_password(database: Database) -> None:
    def atlas(*arguments: str) -> tuple[int, str]:
        environment = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
        done = subprocess.run(
            [*COMMAND, *arguments], cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, check=False,
            timeout=60,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert OWNER_PASSWORD not in said
        assert database.address not in said
        return done.returncode, said

    to_setting = ("--to", "postgres")
    assert re.search(r"as atlas holds build build-1 now: 3 tables, 60 rows", atlas("publish", *to_setting)[1])
    code, said = atlas("rollback", *to_setting)
    assert (code, "holds no build before the one in force" in said) == (2, True)
    database.build(2)
    assert atlas("publish", *to_setting)[0] == 0
    code, said = atlas("rollback", *to_setting)
    assert (code, said.endswith("holds build build-1 again.\n")) == (0, True)
    code, said = atlas("rollback", "build-1", *to_setting)
    assert (code, "atlas rollback build-1" in said) == (2, True)
    code, said = atlas("publish", "--to", database.address)
    assert (code, "sees a password on the command line" in said) == (2, True)
