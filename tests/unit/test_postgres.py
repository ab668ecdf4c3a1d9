"""Addresses, types and definitions for PostgreSQL: what needs no server."""

import dagster as dg
import duckdb
import psycopg
import pytest
from psycopg import errors

from ingest.errors import UsageError
from ingest.home import Home
from orchestration import postgres, postgres_tables, schedules
from orchestration.assets.postgres import postgres_assets
from orchestration.partitions import DAYS
from orchestration.postgres_address import PostgresError, target, told_faults
from orchestration.postgres_tables import Table, definition, postgres_type


def executable(spec: dg.AssetSpec) -> dg.AssetsDefinition:
    @dg.multi_asset(specs=[spec], partitions_def=spec.partitions_def, name=f"make_{spec.key.to_user_string()}")
    def make() -> None: ...

    return make


# Each as a person may write it without knowing that @ : / % ? # have to be encoded.
AWKWARD = ["p@ss", "p:ss", "p/ss", "12/34", "p%ss", "p?ss", "p#ss", "p ss", "1/2@3", "@", "p@/s", "5432/x?y"]


def test_an_address_is_shown_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_POSTGRES_URL", "postgresql://atlas:s%40cret@db.example.org:6000/world?sslpassword=other")
    to = target()
    assert to.parameters["password"] == "s@cret"
    assert str(to) == "db.example.org:6000/world as atlas"
    assert "cret" not in repr(to)
    assert "other" not in repr(to)


@pytest.mark.parametrize("password", AWKWARD)
def test_a_password_nobody_encoded_is_never_shown(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    address = f"postgresql://atlas:{password}@db.example.org:6000/world"
    monkeypatch.setenv("ATLAS_POSTGRES_URL", address)
    try:
        told = str(target())
    except UsageError as error:
        told = str(error)
        assert told.startswith("ATLAS_POSTGRES_URL is no address PostgreSQL's library can read")
    else:
        assert told == "db.example.org:6000/world as atlas"
    with pytest.raises(UsageError) as refused:
        target(address)
    assert address not in str(refused.value)
    assert f":{password}" not in str(refused.value)


@pytest.mark.parametrize(
    "address", ["postgresql://atlas:secret@host/db", "postgres://host/db?password=secret&user=atlas"]
)
def test_a_password_on_the_command_line_is_refused_with_what_to_do(address: str) -> None:
    with pytest.raises(UsageError, match="sees a password on the command line. Put it into PGPASSWORD") as told:
        target(address)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "host=db password=secret",
        "mysql://host/db",
        "postgresql://a@b@c/db",
        "x",
        "postgresql://atlas@host/host%3Dx%20password%3Dsecret",
    ],
)
def test_what_is_no_address_is_said_with_what_one_looks_like(address: str) -> None:
    with pytest.raises(UsageError, match="postgresql://user@host:5432/database") as told:
        target(address)
    assert "secret" not in str(told.value)


def test_a_missing_setting_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="ATLAS_POSTGRES_URL is not set"):
        target()
    assert postgres_assets() == []
    monkeypatch.setenv("ATLAS_POSTGRES_URL", "postgresql://atlas@host/db")
    assert [asset.key.to_user_string() for asset in postgres_assets()] == ["published_postgres"]


def test_what_is_left_out_of_an_address_is_libpqs_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "elsewhere")
    monkeypatch.setenv("PGUSER", "somebody")
    assert str(target("postgresql:///world")) == "elsewhere:5432/world as somebody"
    assert str(target("postgresql://?service=ours")) == "the service ours"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (errors.DiskFull("could not extend file"), "the disk of the server is full .could not extend file.*Free space"),
        (errors.InsufficientPrivilege("permission denied for x"), "this user may not do that.*docs/bi.md"),
        (psycopg.OperationalError("connection to x failed: Connection refused"), "The server is away or went away"),
        (psycopg.OperationalError("the connection is closed"), "The server is away or went away"),
        (psycopg.OperationalError("odd s@cret\nand env-secret"), r"odd \*\*\* and \*\*\*\. The marts there stay"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_a_fault_of_the_library_is_one_message_without_a_secret(
    monkeypatch: pytest.MonkeyPatch, error: psycopg.Error, words: str
) -> None:
    monkeypatch.setenv("ATLAS_POSTGRES_URL", "postgresql://atlas:s%40cret@host/db")
    monkeypatch.setenv("PGPASSWORD", "env-secret")
    with (
        pytest.raises(PostgresError, match=f"^PostgreSQL at host:5432/db as atlas: .*{words}") as told,
        told_faults(target()),
    ):
        raise error
    assert "secret" not in str(told.value)
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__


def test_each_type_has_its_own_in_postgres() -> None:
    assert postgres_type("VARCHAR") == "text"
    assert postgres_type("DECIMAL(20,2)") == "numeric(20,2)"
    with pytest.raises(PostgresError, match=r"No PostgreSQL type is known for INTEGER\[\]. Add one"):
        postgres_type("INTEGER[]")


def test_names_and_comments_are_quoted() -> None:
    table = Table("order", "It's; drop", (('a"b', "BIGINT", "1 % of '%s'"), ("select", "VARCHAR", None)))
    assert definition("marts_next", table).as_string() == (
        'create table "marts_next"."order" ("a""b" bigint, "select" text); '
        "comment on table \"marts_next\".\"order\" is 'It''s; drop'; "
        'comment on column "marts_next"."order"."a""b" is \'1 % of \'\'%s\'\'\''
    )


def test_a_name_that_postgres_would_cut_is_refused() -> None:
    with pytest.raises(PostgresError, match="more than 63 bytes"):
        definition("marts_next", Table("t", None, (("é" * 32, "BIGINT", None),)))


def test_tables_and_views_are_found_with_their_columns_and_comments() -> None:
    with duckdb.connect() as con:
        con.sql("create schema marts; create table marts.t (a integer, b varchar); create table other (x integer)")
        con.sql("create view marts.v as select a from marts.t; comment on column marts.t.a is 'MW.'")
        con.sql("comment on view marts.v is 'A view.'")
        assert postgres_tables.tables(con) == [
            Table("t", None, (("a", "INTEGER", "MW."), ("b", "VARCHAR", None))),
            Table("v", "A view.", (("a", "INTEGER", None),)),
        ]


def test_where_nothing_is_published_nobody_is_asked(home: Home) -> None:
    with pytest.raises(UsageError, match="No build is published yet"):
        postgres.load(home, target("postgresql://atlas@127.0.0.1:1/db"))


def test_the_build_never_waits_for_postgres_and_the_daily_refresh_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_POSTGRES_URL", "postgresql://atlas@host/db")
    landed = dg.AssetSpec("landed", partitions_def=DAYS)
    models = [dg.AssetSpec("model", deps=["landed"]), dg.AssetSpec("published", deps=["model"])]
    jobs = [schedules.build_job(), schedules.refresh_job()]
    definitions = dg.Definitions(
        assets=[*(executable(spec) for spec in (landed, *models)), *postgres_assets()], jobs=jobs
    )
    keys = [
        {key.to_user_string() for key in definitions.resolve_job_def(job.name).asset_layer.executable_asset_keys}
        for job in jobs
    ]
    assert keys == [{"model", "published"}, {"landed", "model", "published", "published_postgres"}]
