"""What happened is recorded whole, and comes back typed."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from expectations.results import Check
from ingest import clock
from ingest.errors import AtlasError, LockedError, UsageError
from ingest.home import Home, open_home, scratch, sweep, writer_lock
from ingest.ops import TABLES, Ops, Status, Validator, Vintage
from tests.conftest import TODAY

CHECK = Check("rule", "domain", "block", True, 0, 1, "expected: all", [{"day": date(2026, 1, 1)}])
VINTAGE = Vintage("tiny", TODAY, "a" * 64, 1, "key", True, 10, 0, None, TODAY, "tiny/a.parquet")


def answer(ops: Ops, day: date = TODAY, status: Status = "fetched", content: str = "a" * 64) -> None:
    """Log that a source answered with this content."""
    ops.log_fetch("tiny", day, status, basis="fetched", known_at=day, raw_sha256=content, content_sha256=content)


def test_vintages_begin_where_the_content_changes_in_whatever_order_the_answers_came(ops: Ops) -> None:
    first, second, third, last = (date(2026, 7, day) for day in (5, 7, 10, 12))
    answer(ops, third, "fetched", "x")
    answer(ops, last, "unchanged", "x")
    assert [item.known_at for item in ops.archived("tiny")] == [third]
    answer(ops, first, "archived", "x")  # known since earlier than thought
    assert [item.known_at for item in ops.archived("tiny")] == [first]
    answer(ops, second, "archived", "y")  # and something else was said between
    assert [(item.known_at, item.content_sha256) for item in ops.archived("tiny")] == [
        (first, "x"), (second, "y"), (third, "x"),
    ]  # fmt: skip


def test_what_begins_no_vintage_any_more_is_none(ops: Ops) -> None:
    answer(ops, TODAY)
    ops.put_vintage(VINTAGE, [])
    assert ops.vintages("tiny") == [VINTAGE]
    answer(ops, date(2026, 11, 1), "archived")
    assert ops.vintages("tiny") == []


def test_a_vintage_and_its_checks_are_recorded_together(ops: Ops) -> None:
    answer(ops)
    ops.put_vintage(VINTAGE, [CHECK])
    assert ops.vintages("tiny") == [VINTAGE]
    assert [check["rule"] for check in ops.checks("tiny", "a" * 64)] == ["rule"]


def test_a_vintage_whose_checks_cannot_be_recorded_is_not_recorded(ops: Ops) -> None:
    answer(ops)
    ops.put_vintage(VINTAGE, [CHECK])
    unfit = Check("other", "domain", "block", True, 0, 1, object())  # ty: ignore[invalid-argument-type]
    with pytest.raises(Exception, match="not supported"):
        ops.put_vintage(replace(VINTAGE, n_rows=11), [CHECK.renamed("new"), unfit])
    assert ops.vintages("tiny") == [VINTAGE]
    assert [check["rule"] for check in ops.checks("tiny", "a" * 64)] == ["rule"]


def test_a_gate_replaces_the_checks_of_the_gate_before(ops: Ops) -> None:
    ops.put_vintage(VINTAGE, [CHECK])
    ops.put_vintage(VINTAGE, [CHECK.renamed("new")])
    assert [check["rule"] for check in ops.checks("tiny", "a" * 64)] == ["new"]


def test_tables_come_back_typed(ops: Ops) -> None:
    ops.put_vintage(VINTAGE, [CHECK])
    (row,) = ops.table("vintage").rows(named=True)
    assert (row["known_at"], row["period_min"], row["is_accepted"], row["n_rows"]) == (TODAY, None, True, 10)
    assert row["gated_at"] == datetime(2026, 11, 22)


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_table_has_the_same_types_as_a_filled_one(ops: Ops, name: str) -> None:
    empty = ops.table(name).schema
    ops.put_vintage(replace(VINTAGE, landed_file="tiny/before.parquet"), [])
    ops.put_vintage(VINTAGE, [CHECK])
    ops.put_day("tiny", TODAY, "fetched", VINTAGE, None)
    ops.log_fetch("tiny", TODAY, "fetched", known_at=TODAY)
    ops.put_validator(Validator("https://example.org/a", '"e"', None, "a" * 64, None))
    ops.log_mart_restatement("marts.tiny", TODAY, ("build-1", "key-1"), ("build-2", "key-2"))
    assert ops.table(name).height == 1
    assert ops.table(name).schema == empty
    assert pl.Null not in empty.dtypes()


def test_the_vintage_in_force_is_the_last_good_one_known(ops: Ops) -> None:
    answer(ops)
    ops.put_vintage(VINTAGE, [])
    ops.put_vintage(replace(VINTAGE, known_at=date(2026, 11, 23), is_accepted=False, landed_file=None), [])
    assert ops.in_force("tiny", date(2026, 11, 24)) == VINTAGE
    assert ops.in_force("tiny", date(2026, 11, 21)) is None


def test_two_steps_of_one_process_may_hold_the_lock(home: Home) -> None:
    with writer_lock(home), writer_lock(home):
        assert (home.root / "writer.pid").read_text().isdigit()


def test_a_lock_held_elsewhere_is_told_with_its_holder(home: Home) -> None:
    from filelock import FileLock

    (home.root / "writer.pid").write_text("4711")
    with FileLock(home.root / "writer.lock"), pytest.raises(LockedError, match="process 4711"), writer_lock(home):
        pass


def test_unfinished_files_of_dead_processes_are_swept(home: Home) -> None:
    (home.tmp / "999999999").mkdir()
    (home.tmp / "x").mkdir()
    with scratch(home) as folder:
        sweep(home)
        assert list(home.tmp.iterdir()) == [folder]


def test_the_clock_reads_a_day_and_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_NOW", "2026-11-22T23:30:00-02:00")
    assert clock.today() == date(2026, 11, 23)


def test_a_clock_that_cannot_be_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_NOW", "yesterday")
    with pytest.raises(UsageError, match="'yesterday'"):
        clock.today()


@pytest.mark.parametrize("path", ["it's", "a#b", "50%", "what?"])
def test_a_state_folder_that_libraries_would_misread_is_refused(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_HOME", str(tmp_path / path))
    with pytest.raises(UsageError, match="name a folder without"):
        open_home()


def test_a_state_folder_that_is_a_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ATLAS_HOME", str(tmp_path / "file"))
    with pytest.raises(UsageError, match="cannot hold state"):
        open_home()


def test_a_version_that_is_no_number_is_told(home: Home) -> None:
    (home.root / "VERSION").write_text("abc")
    with pytest.raises(UsageError, match="should hold a number"):
        open_home()


def test_a_damaged_operations_database_is_told(home: Home) -> None:
    home.ops_db.write_bytes(b"no database" * 500)
    with pytest.raises(AtlasError, match="restore it from a backup"), Ops(home.ops_db):
        pass


@pytest.mark.parametrize("now", ["2020-01-01", "9999-12-31T23:00:00-05:00", "soon"])
def test_a_clock_out_of_reach_is_told(now: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_NOW", now)
    with pytest.raises(UsageError, match="ATLAS_NOW must"):
        clock.today()
