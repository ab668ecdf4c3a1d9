"""The schema `raw` holds every accepted vintage, typed, and says which one is in force."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from ingest import archive, warehouse
from ingest import load as loading
from ingest.home import Home
from ingest.ops import Ops
from tests.conftest import TODAY, Tiny, csv_of

PAST = date(2026, 3, 1)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return con.sql(sql).fetchall()


def test_a_source_without_a_vintage_is_an_empty_typed_relation(
    home: Home, ops: Ops, tiny: Tiny, con: duckdb.DuckDBPyConnection
) -> None:
    told = warehouse.expose(con, home, ops, {"tiny": tiny.declare()})
    assert told["tiny"] == 0
    assert dict(rows(con, "select column_name, column_type from (describe raw.tiny)")) == {
        "iso_code": "VARCHAR", "value": "DOUBLE", "iso3": "VARCHAR", "known_at": "DATE",
        "content_sha256": "VARCHAR", "is_current": "BOOLEAN",
    }  # fmt: skip


def test_earlier_vintages_are_there_and_one_is_current(
    home: Home, ops: Ops, tiny: Tiny, con: duckdb.DuckDBPyConnection
) -> None:
    editions = [tiny.wheel("1", PAST, csv_of(FRA=1)), tiny.wheel("2", PAST + timedelta(days=1), csv_of(FRA=2)),
                tiny.wheel("3", TODAY, csv_of(FRA=-1))]  # fmt: skip
    for wheel in editions:
        archive.store(home.archive, wheel.content)
    declaration = tiny.declare_package(*editions)
    assert loading.load(home, ops, declaration, TODAY).status == "quarantined"
    warehouse.expose(con, home, ops, {"tiny": declaration})
    assert rows(con, "select value, known_at, is_current from raw.tiny order by known_at") == [
        (1.0, PAST, False),
        (2.0, PAST + timedelta(days=1), True),
    ]
    assert rows(con, "select known_at, edition, is_current from raw.vintage order by known_at") == [
        (PAST, "1", False),
        (PAST + timedelta(days=1), "2", True),
    ]


def test_a_vintage_to_come_is_not_told_to_an_earlier_clock(
    home: Home, ops: Ops, tiny: Tiny, con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.publish(csv_of(FRA=1))
    loading.load(home, ops, tiny.declare(), TODAY)
    monkeypatch.setenv("ATLAS_NOW", str(TODAY - timedelta(days=1)))
    warehouse.expose(con, home, ops, {"tiny": tiny.declare()})
    assert rows(con, "select count(*) from raw.tiny union all select count(*) from raw.vintage") == [(0,), (0,)]
    assert rows(con, "select known_at from raw.clock") == [(TODAY - timedelta(days=1),)]


def test_exposing_again_replaces_what_was_there(
    home: Home, ops: Ops, tiny: Tiny, con: duckdb.DuckDBPyConnection
) -> None:
    tiny.publish(csv_of(FRA=1))
    warehouse.expose(con, home, ops, {"tiny": tiny.declare()})
    loading.load(home, ops, tiny.declare(), TODAY)
    warehouse.expose(con, home, ops, {"tiny": tiny.declare()})
    assert rows(con, "select iso_code, value from raw.tiny") == [("FRA", 1.0)]


def test_the_calendar_tells_how_old_the_vintage_in_force_is(
    home: Home, ops: Ops, tiny: Tiny, con: duckdb.DuckDBPyConnection
) -> None:
    edition = tiny.wheel("1", TODAY - timedelta(days=10), csv_of(FRA=1))
    archive.store(home.archive, edition.content)
    declaration = tiny.declare_package(edition)
    loading.load(home, ops, declaration, TODAY)
    warehouse.expose(con, home, ops, {"tiny": declaration})
    assert rows(con, "select day, status, vintage_age_days from raw.calendar") == [(TODAY, "fetched", 10)]


def test_a_source_that_is_declared_no_more_is_left_out(home: Home, ops: Ops, tiny: Tiny) -> None:
    ops.put_day("gone", TODAY, "fetched", None, None)
    with duckdb.connect() as con:
        warehouse.expose(con, home, ops, {"tiny": tiny.declare()})
        assert rows(con, "select source_id from raw.calendar") == []


def test_a_vintage_of_other_columns_is_read_with_what_it_lacks_unknown(home: Home, ops: Ops, tiny: Tiny) -> None:
    tiny.publish(csv_of(FRA=1))
    loading.load(home, ops, tiny.declare(), TODAY)
    renamed = tiny.raw()
    renamed["columns"][1] |= {"name": "figure", "source": "value"}
    found = warehouse.source_table(home, ops, tiny.declare(columns=renamed["columns"]), TODAY)
    assert found.select("iso_code", "figure").rows() == [("FRA", None)]
