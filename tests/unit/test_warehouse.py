"""The schema `raw` holds every accepted vintage, typed, and says which one is in force."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from ingest import archive, warehouse
from ingest import load as loading
from ingest.declaration import Declaration, get_declaration, parse_declaration
from ingest.home import Home
from ingest.ops import Ops
from tests.conftest import TODAY, Tiny, csv_of
from tests.fixtures.published import encode, good_rows

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
        "known_to": "DATE", "content_sha256": "VARCHAR",
    }  # fmt: skip


def test_earlier_vintages_are_there_and_one_is_in_force(
    home: Home, ops: Ops, tiny: Tiny, con: duckdb.DuckDBPyConnection
) -> None:
    editions = [tiny.wheel("1", PAST, csv_of(FRA=1)), tiny.wheel("2", PAST + timedelta(days=1), csv_of(FRA=2)),
                tiny.wheel("3", TODAY, csv_of(FRA=-1))]  # fmt: skip
    for wheel in editions:
        archive.store(home.archive, wheel.content)
    declaration = tiny.declare_package(*editions)
    assert loading.load(home, ops, declaration, TODAY).status == "quarantined"
    warehouse.expose(con, home, ops, {"tiny": declaration})
    assert rows(con, "select value, known_at, known_to from raw.tiny order by known_at") == [
        (1.0, PAST, PAST + timedelta(days=1)),
        (2.0, PAST + timedelta(days=1), None),
    ]
    assert rows(con, "select known_at, edition, known_to from raw.vintage order by known_at") == [
        (PAST, "1", PAST + timedelta(days=1)),
        (PAST + timedelta(days=1), "2", None),
    ]


def test_a_vintage_that_was_superseded_on_its_own_day_was_never_in_force(
    home: Home, ops: Ops, tiny: Tiny, con: duckdb.DuckDBPyConnection
) -> None:
    for value in (1, 2):
        tiny.publish(csv_of(FRA=value))
        loading.load(home, ops, tiny.declare(), TODAY)
    warehouse.expose(con, home, ops, {"tiny": tiny.declare()})
    assert rows(con, "select value, known_at, known_to from raw.tiny") == [(2.0, TODAY, None)]
    assert rows(con, "select known_at from raw.vintage") == [(TODAY,)]


def test_a_blocked_load_between_leaves_no_mark_on_what_was_known(
    home: Home, ops: Ops, tiny: Tiny, con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for back, value in ((2, 1), (1, -1), (0, 1)):
        monkeypatch.setenv("ATLAS_NOW", str(TODAY - timedelta(days=back)))
        tiny.publish(csv_of(FRA=value))
        loading.load(home, ops, tiny.declare(), TODAY - timedelta(days=back))
    warehouse.expose(con, home, ops, {"tiny": tiny.declare()})
    assert rows(con, "select value, known_at, known_to from raw.tiny") == [(1.0, TODAY - timedelta(days=2), None)]
    assert [status for (status,) in rows(con, "select status from raw.calendar order by day")] == [
        "fetched", "quarantined", "unchanged",
    ]  # fmt: skip


def test_the_clocks_are_the_ends_of_months_and_today_in_two_histories() -> None:
    table = warehouse.clocks_table(date(2026, 8, 31), date(2026, 11, 22))
    days = [date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 22)]
    assert table.select("history", "as_of", "known_at", "is_latest").rows() == [
        *(("as_known", day, day, day == days[-1]) for day in days),
        *(("as_now", day, days[-1], day == days[-1]) for day in days),
    ]
    assert table["clock_id"].n_unique() == table.height
    assert warehouse.clocks_table(TODAY, TODAY)["as_of"].to_list() == [TODAY, TODAY]


def items_declaration(tiny: Tiny) -> Declaration:
    """Return a source of class B: `published` is the day of an item, without proof it counts from first sight."""
    columns = [
        {"name": "item", "type": "string", "key": True, "nullable": False, "description": "Name of the item."},
        {"name": "published", "type": "date", "nullable": False, "description": "Day of the item."},
        {"name": "precision", "type": "string", "nullable": False, "description": "Whether the day is known."},
        {"name": "proof", "type": "string", "nullable": False, "description": "What was read of it."},
    ]
    items = {"published_column": "published", "precision_column": "precision", "unproven": {"proof": ["none"]}}
    raw = tiny.raw(history_class="B", items=items, columns=columns, volume={"min_rows": 1, "max_drop_pct": 50})
    del raw["country"]
    path = tiny.folder / "tiny.yml"
    path.write_text(yaml.safe_dump(raw, sort_keys=False))
    loading.parse_key.cache_clear()
    return parse_declaration(path.read_text(), path.name)


def test_an_item_is_known_from_the_day_it_was_published_or_first_seen(
    home: Home, ops: Ops, tiny: Tiny, con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    declaration = items_declaration(tiny)
    heading = "item,published,precision,proof\n"
    first = "by_day,2026-03-04,day,text\nby_month,2026-02-01,month,text\nunproven,2026-01-05,day,none\n"
    first += "early,2026-06-01,month,text\n"
    monkeypatch.setenv("ATLAS_NOW", str(PAST + timedelta(days=100)))
    tiny.publish((heading + first).encode())
    loading.load(home, ops, declaration, PAST + timedelta(days=100))
    monkeypatch.setenv("ATLAS_NOW", str(TODAY))
    tiny.publish((heading + first.replace("04,day", "05,day") + "late,2026-03-01,day,none\n").encode())
    loading.load(home, ops, declaration, TODAY)
    warehouse.expose(con, home, ops, {"tiny": declaration})
    assert rows(con, "select item, known_at, known_to from raw.tiny order by item") == [
        ("by_day", date(2026, 3, 5), None),  # the newest reviewed file speaks for every day
        ("by_month", date(2026, 2, 28), None),
        ("early", PAST + timedelta(days=100), None),  # seen before its month was over
        ("late", TODAY, None),
        ("unproven", PAST + timedelta(days=100), None),
    ]
    assert rows(con, "select min(known_at) from raw.clock") == [(date(2026, 2, 28),)]


def test_a_vintage_to_come_is_not_told_to_an_earlier_clock(
    home: Home, ops: Ops, tiny: Tiny, con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.publish(csv_of(FRA=1))
    loading.load(home, ops, tiny.declare(), TODAY)
    monkeypatch.setenv("ATLAS_NOW", str(TODAY - timedelta(days=1)))
    warehouse.expose(con, home, ops, {"tiny": tiny.declare()})
    assert rows(con, "select count(*) from raw.tiny union all select count(*) from raw.vintage") == [(0,), (0,)]
    assert rows(con, "select distinct known_at from raw.clock") == [(TODAY - timedelta(days=1),)]


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
    assert rows(con, "select day, status, vintage_age_days from raw.calendar") == [(TODAY, "unchanged", 10)]


def test_the_calendar_is_the_same_whatever_the_order_the_days_were_asked_in(
    home: Home, ops: Ops, tiny: Tiny, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    edition = tiny.wheel("1", TODAY - timedelta(days=10), csv_of(FRA=1))
    archive.store(home.archive, edition.content)
    declaration = tiny.declare_package(edition)
    days = [TODAY - timedelta(days=back) for back in (0, 11, 5, 10)]
    for day in days:
        loading.load(home, ops, declaration, day)
    older = tmp_path / "older.csv"
    older.write_bytes(csv_of(FRA=3))
    loading.import_vintage(home, ops, declaration, [older], TODAY - timedelta(days=7))
    warehouse.expose(con, home, ops, {"tiny": declaration})
    assert rows(con, "select day, status, vintage_known_at from raw.calendar order by day") == [
        (TODAY - timedelta(days=11), "no_vintage", None),
        (TODAY - timedelta(days=10), "fetched", TODAY - timedelta(days=10)),
        (TODAY - timedelta(days=7), "archived", TODAY - timedelta(days=7)),
        (TODAY - timedelta(days=5), "unchanged", TODAY - timedelta(days=7)),
        (TODAY, "unchanged", TODAY - timedelta(days=7)),
    ]


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


@pytest.mark.parametrize(
    ("operator", "outcome", "n_failing", "read"),
    [("Our Co", "passed", 0, "Vantage"), ("New Co", "failed", 1, "New Co")],
)
def test_models_read_corrected_rows_and_a_correction_that_does_nothing_is_told(
    home: Home, ops: Ops, con: duckdb.DuckDBPyConnection, tmp_path: Path, operator: str, outcome: str, n_failing: int,
    read: str,
) -> None:  # fmt: skip
    source_id = "non_us_data_center_registry"
    registry, corrections = good_rows(source_id), good_rows("corrections")
    registry[2]["domestic_operator"] = operator
    corrections[0] |= {
        "source_id": source_id, "row_key": "project_id=P003", "column_name": "domestic_operators",
        "expected": "Our Co", "replacement": "Vantage",
    }  # fmt: skip
    sources = {name: get_declaration(name) for name in ("corrections", source_id)}
    for name, rows_of in (("corrections", corrections), (source_id, registry)):
        path = tmp_path / name
        path.write_bytes(encode(name, rows_of))
        assert loading.import_vintage(home, ops, sources[name], [path], PAST).is_good
    landed = loading.read_landed(home, ops.in_force(source_id, TODAY))
    warehouse.expose(con, home, ops, sources)
    found = f"select domestic_operators from raw.{source_id} where project_id = 'P003'"
    assert rows(con, found) == [(read,)]
    assert landed.filter(project_id="P003")["domestic_operators"].item() == operator
    told = "select outcome, severity, n_failing, n_rows from raw.check_result where rule = 'corrections_apply'"
    assert rows(con, told) == [(outcome, "warn", n_failing, 1)]
    (check,) = ops.table("check_result").filter(source_id=source_id, rule="corrections_apply").rows(named=True)
    assert ("New Co" in check["sample"]) == bool(n_failing)


def test_a_vintage_that_is_read_otherwise_since_a_day_is_two_vintages(
    home: Home, ops: Ops, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    source_id, since = "non_us_data_center_registry", PAST + timedelta(days=10)
    corrections = good_rows("corrections")
    corrections[0] |= {
        "source_id": source_id, "row_key": "project_id=P003", "column_name": "domestic_operators",
        "expected": "Our Co", "replacement": "Vantage", "known_from": str(since), "written_on": str(since),
    }  # fmt: skip
    sources = {name: get_declaration(name) for name in ("corrections", source_id)}
    for name, rows_of in (("corrections", corrections), (source_id, good_rows(source_id))):
        path = tmp_path / name
        path.write_bytes(encode(name, rows_of))
        assert loading.import_vintage(home, ops, sources[name], [path], PAST if name == source_id else TODAY).is_good
    warehouse.expose(con, home, ops, sources)
    found = "select known_at, known_to, count(*), count(*) filter (domestic_operators = 'Vantage')"
    n_rows = len(good_rows(source_id))
    assert rows(con, f"{found} from raw.{source_id} group by all order by all") == [
        (PAST, since, n_rows, 0), (since, None, n_rows, 1),
    ]  # fmt: skip
    vintages = f"select known_at, known_to, basis from raw.vintage where source_id = '{source_id}' order by all"
    assert rows(con, vintages) == [(PAST, since, "archived"), (since, None, "corrected")]


def test_readers_get_no_rows_of_a_source_that_may_not_be_passed_on(
    home: Home, ops: Ops, tiny: Tiny, con: duckdb.DuckDBPyConnection
) -> None:
    tiny.publish(csv_of(FRA=-7654))
    closed = tiny.raw()["licence"] | {"redistributable": False}
    for licence, is_told in ((tiny.raw()["licence"], True), (closed, False)):
        declaration = tiny.declare(licence=licence)
        assert loading.load(home, ops, declaration, TODAY).status == "quarantined"
        warehouse.expose(con, home, ops, {"tiny": declaration})
        failed = "select detail, sample from raw.check_result where outcome = 'failed' and rule = 'bounds:value'"
        ((detail, sample),) = rows(con, failed)
        assert detail.startswith("expected: value is between 0.0 and 100.0 MW")
        assert ("-7654" in detail, "-7654" in sample) == (is_told, is_told)
