"""A past day that is told otherwise than before is logged, and is a fault where it is made of the same inputs."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from expectations.results import Check
from ingest.home import Home
from ingest.ops import Ops
from orchestration import inputs, restatement
from tests.conftest import TODAY, Tiny

SEPTEMBER, OCTOBER = date(2026, 9, 30), date(2026, 10, 31)
KEYS = {"2026-09-30": "key-s", "2026-10-31": "key-o"}
MART = "marts.mart_tiny"


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("create schema marts; create schema ops")
        opened.execute("create table marts.dim_tiny (n integer)")
        opened.execute(f"create table {MART} (history varchar, known_at date, is_latest boolean, value integer)")
        for day, value in ((SEPTEMBER, 1), (OCTOBER, 2), (TODAY, 3)):
            opened.execute(f"insert into {MART} values ('as_known', ?, false, ?)", [day, value])
        opened.execute(f"insert into {MART} values ('as_now', ?, true, 9)", [TODAY])
        yield opened


def told(con: duckdb.DuckDBPyConnection, keys: dict[str, str] = KEYS) -> restatement.Histories:
    return restatement.histories(con, ["marts.dim_tiny", MART], keys)


def logged(
    home: Home, con: duckdb.DuckDBPyConnection, before: restatement.Histories | None, keys: dict[str, str] = KEYS
) -> tuple[list[Check], list[tuple[Any, ...]]]:
    manifest = {"build_id": "before", "histories": before} if before is not None else None
    con.execute("drop table if exists ops.ops_mart_restatement")
    checks = list(restatement.log(home, con, manifest, "after", told(con, keys)))
    rows = con.sql("select mart, known_at, old_build_id, new_build_id, old_key, new_key from ops.ops_mart_restatement")
    return checks, rows.fetchall()


def test_a_history_is_hashed_by_day_and_a_day_that_goes_on_is_not(con: duckdb.DuckDBPyConnection) -> None:
    found = told(con)
    assert {mart: {day: item["key"] for day, item in days.items()} for mart, days in found.items()} == {MART: KEYS}
    con.execute(f"update {MART} set is_latest = not is_latest")
    assert told(con) == found
    con.execute(f"update {MART} set value = 5 where known_at = '2026-10-31'")
    changed = told(con)[MART]
    assert changed["2026-09-30"] == found[MART]["2026-09-30"]
    assert changed["2026-10-31"] != found[MART]["2026-10-31"]


def test_the_first_build_and_the_same_again_restate_nothing(home: Home, con: duckdb.DuckDBPyConnection) -> None:
    for before in (None, told(con)):
        checks, rows = logged(home, con, before)
        assert rows == []
        assert [(check.rule, check.passed) for check in checks] == [("mart_tiny.history_is_pure", True)]


def test_other_inputs_restate_and_are_logged_with_both_keys(home: Home, con: duckdb.DuckDBPyConnection) -> None:
    before = told(con)
    con.execute(f"update {MART} set value = 5 where known_at = '2026-10-31'")
    checks, rows = logged(home, con, before, KEYS | {"2026-10-31": "mended"})
    assert rows == [(MART, OCTOBER, "before", "after", "key-o", "mended")]
    assert all(check.passed for check in checks)


def test_other_figures_of_the_same_inputs_are_a_fault(home: Home, con: duckdb.DuckDBPyConnection) -> None:
    before = told(con)
    con.execute(f"insert into {MART} values ('as_known', '2026-09-30', false, 7)")
    checks, rows = logged(home, con, before)
    assert rows == [(MART, SEPTEMBER, "before", "after", "key-s", "key-s")]
    (check,) = checks
    assert (check.passed, check.severity, check.n_failing) == (False, "warn", 1)
    assert check.sample == [{"known_at": "2026-09-30"}]


def test_a_later_day_leaves_the_keys_of_earlier_ones_and_a_late_vintage_does_not(ops: Ops, tiny: Tiny) -> None:
    declared = {"tiny": tiny.declare()}
    before = inputs.collect(ops, declared).history_keys
    assert list(before)[-2:] == ["2026-09-30", "2026-10-31"]
    ops.put_day("tiny", TODAY, "fetched", None, None)
    assert inputs.collect(ops, declared).history_keys == before
    ops.put_day("tiny", OCTOBER + timedelta(days=1), "archived", None, None)  # nobody was asked
    assert inputs.collect(ops, declared).history_keys == before
    ops.put_day("tiny", OCTOBER, "unchanged", None, None)
    after = inputs.collect(ops, declared).history_keys
    assert after["2026-09-30"] == before["2026-09-30"]
    assert after["2026-10-31"] != before["2026-10-31"]
