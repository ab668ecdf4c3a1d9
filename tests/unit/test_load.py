"""A load ends in the status that tells the truth, and nothing of what was good is lost on the way."""

import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from expectations.rule import Rule
from ingest import archive
from ingest import load as loading
from ingest.declaration import Declaration, get_declaration
from ingest.errors import UsageError
from ingest.home import PROJECT_ROOT, STATE_VERSION, Home, open_home
from ingest.ops import Ops
from tests.conftest import TODAY, Tiny, csv_of
from tests.pipeline import NOT_COPIED

GOOD, NEWER, BAD = csv_of(FRA=1), csv_of(FRA=2), csv_of(FRA=-1)
PAST = date(2026, 3, 1)


def load(home: Home, ops: Ops, declaration: Declaration, day: date = TODAY) -> loading.Load:
    return loading.load(home, ops, declaration, day)


def at(monkeypatch: pytest.MonkeyPatch, day: date) -> date:
    monkeypatch.setenv("ATLAS_NOW", str(day))
    return day


def rows_in_force(home: Home, ops: Ops, day: date = TODAY) -> list[tuple[object, ...]]:
    vintage = ops.in_force("tiny", day)
    return loading.read_landed(home, vintage).rows() if vintage else []


def files_under(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fetches(ops: Ops) -> list[str]:
    return ops.table("fetch_log")["status"].to_list()


def recorded(ops: Ops, day: date = TODAY) -> str:
    row = ops.day("tiny", day)
    assert row is not None
    return row["status"]


def test_new_content_is_fetched(home: Home, ops: Ops, tiny: Tiny) -> None:
    tiny.publish(GOOD)
    done = load(home, ops, tiny.declare())
    assert (done.status, recorded(ops)) == ("fetched", "fetched")
    assert rows_in_force(home, ops) == [("FRA", 1.0, "FRA")]


def test_the_same_content_is_unchanged_the_next_day(
    home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.publish(GOOD)
    first = load(home, ops, tiny.declare())
    second = load(home, ops, tiny.declare(), at(monkeypatch, TODAY + timedelta(days=1)))
    assert second.status == "unchanged"
    assert second.in_force == first.in_force


def test_a_day_that_had_a_good_load_keeps_its_status(home: Home, ops: Ops, tiny: Tiny) -> None:
    tiny.publish(GOOD)
    load(home, ops, tiny.declare())
    assert load(home, ops, tiny.declare()).status == "unchanged"
    assert recorded(ops) == "fetched"


def test_a_past_day_of_a_ledger_has_no_vintage(home: Home, ops: Ops, tiny: Tiny) -> None:
    tiny.publish(GOOD)
    assert load(home, ops, tiny.declare(), PAST).status == "no_vintage"


def test_todays_bytes_never_go_under_a_past_day(home: Home, ops: Ops, tiny: Tiny) -> None:
    tiny.publish(GOOD)
    load(home, ops, tiny.declare(), PAST)
    assert files_under(home.archive) == {}
    assert ops.archived("tiny") == []


def test_a_package_nobody_offers_is_unreachable_and_the_last_good_vintage_stays(
    home: Home, ops: Ops, tiny: Tiny
) -> None:
    first, second = tiny.wheel("1.0", PAST, GOOD), tiny.wheel("2.0", TODAY, NEWER)
    archive.store(home.archive, first.content)
    done = load(home, ops, tiny.declare_package(first, second))
    assert (done.status, recorded(ops)) == ("unreachable", "unreachable")
    assert rows_in_force(home, ops) == [("FRA", 1.0, "FRA")]


def test_each_edition_is_in_force_from_the_day_of_its_release(home: Home, ops: Ops, tiny: Tiny) -> None:
    editions = [tiny.wheel("1.0", PAST, GOOD), tiny.wheel("2.0", TODAY, NEWER)]
    for wheel in editions:
        archive.store(home.archive, wheel.content)
    load(home, ops, tiny.declare_package(*editions))
    assert rows_in_force(home, ops, TODAY - timedelta(days=1)) == [("FRA", 1.0, "FRA")]
    assert rows_in_force(home, ops) == [("FRA", 2.0, "FRA")]


def test_a_new_wheel_around_the_same_data_is_no_new_vintage(home: Home, ops: Ops, tiny: Tiny) -> None:
    editions = [tiny.wheel("1.0", PAST, GOOD), tiny.wheel("2.0", TODAY, GOOD)]
    for wheel in editions:
        archive.store(home.archive, wheel.content)
    load(home, ops, tiny.declare_package(*editions))
    assert [vintage.known_at for vintage in ops.vintages("tiny")] == [PAST]


def test_a_missing_reviewed_file_has_failed(home: Home, ops: Ops, tiny: Tiny) -> None:
    done = load(home, ops, tiny.declare())
    assert (done.status, recorded(ops)) == ("failed", "failed")
    assert "tiny.csv" in (done.message or "")


def test_a_source_without_its_variable_is_disabled(
    home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.publish(GOOD)
    declaration = tiny.declare(requires_env=["TINY_TOKEN"])
    done = load(home, ops, declaration)
    assert (done.status, recorded(ops), done.is_good) == ("disabled", "disabled", True)
    assert "TINY_TOKEN" in (done.message or "")
    assert fetches(ops) == []
    monkeypatch.setenv("TINY_TOKEN", "x")
    assert load(home, ops, declaration).status == "fetched"


@pytest.fixture
def blocked(home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> loading.Load:
    """A good vintage of yesterday, and a bad load of today."""
    tiny.publish(GOOD)
    load(home, ops, tiny.declare(), at(monkeypatch, TODAY - timedelta(days=1)))
    tiny.publish(BAD)
    return load(home, ops, tiny.declare(), at(monkeypatch, TODAY))


def test_a_bad_load_is_quarantined_with_its_rule(ops: Ops, blocked: loading.Load) -> None:
    assert (blocked.status, recorded(ops)) == ("quarantined", "quarantined")
    assert "bounds:value" in (blocked.message or "")


def test_a_bad_load_leaves_the_last_good_vintage_in_force(home: Home, ops: Ops, blocked: loading.Load) -> None:
    assert rows_in_force(home, ops) == [("FRA", 1.0, "FRA")]
    assert len(files_under(home.landed)) == 1


def test_a_bad_load_is_kept_beside_its_reasons(home: Home, blocked: loading.Load) -> None:
    (folder,) = (home.quarantine / "tiny").iterdir()
    told = json.loads((folder / "report.json").read_text())
    assert told["outcome"] == "block"
    assert [check["rule"] for check in told["checks"] if not check["passed"]] == ["bounds:value"]
    assert pl.read_parquet(folder / "candidate.parquet")["value"].to_list() == [-1.0]
    assert pl.read_parquet(folder / "failing.parquet")["failed_rules"].to_list() == ["bounds:value"]


def test_the_same_bad_bytes_are_still_quarantined_the_next_day_and_add_no_file(
    home: Home, ops: Ops, tiny: Tiny, blocked: loading.Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {*files_under(home.archive), *files_under(home.quarantine), *files_under(home.landed)}
    again = load(home, ops, tiny.declare(), at(monkeypatch, TODAY + timedelta(days=1)))
    assert again.status == "quarantined"
    assert {*files_under(home.archive), *files_under(home.quarantine), *files_under(home.landed)} == before


def test_good_content_after_a_bad_load_is_in_force(
    home: Home, ops: Ops, tiny: Tiny, blocked: loading.Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.publish(NEWER)
    day = at(monkeypatch, TODAY + timedelta(days=1))
    assert load(home, ops, tiny.declare(), day).status == "fetched"
    assert rows_in_force(home, ops, day) == [("FRA", 2.0, "FRA")]


def test_rows_set_aside_are_kept_with_their_rule(home: Home, ops: Ops, tiny: Tiny) -> None:
    tiny.publish(csv_of(FRA=1, DEU=2, ITA=3, ESP=4, POL=-1))
    load(home, ops, tiny.declare(row_quarantine_max_pct=20))
    in_force = ops.in_force("tiny", TODAY)
    assert in_force is not None
    assert (in_force.n_rows, in_force.n_set_aside) == (4, 1)
    (folder,) = (home.quarantine / "tiny").iterdir()
    assert pl.read_parquet(folder / "failing.parquet")["iso_code"].to_list() == ["POL"]


def test_content_that_cannot_be_parsed_is_quarantined(home: Home, ops: Ops, tiny: Tiny) -> None:
    tiny.publish(b"")
    done = load(home, ops, tiny.declare())
    assert done.status == "quarantined"
    assert "format" in (done.message or "")


def test_what_was_archived_and_not_gated_is_completed_by_the_next_load(home: Home, ops: Ops, tiny: Tiny) -> None:
    tiny.publish(GOOD)
    raw = archive.store(home.archive, GOOD)
    ops.log_fetch("tiny", TODAY, "fetched", basis="reviewed", known_at=TODAY, raw_sha256=raw, content_sha256=raw)
    assert load(home, ops, tiny.declare()).status == "unchanged"
    assert rows_in_force(home, ops) == [("FRA", 1.0, "FRA")]
    assert fetches(ops) == ["fetched", "unchanged"]


def test_a_changed_declaration_gates_archived_content_again_without_fetching(
    home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = tiny.wheel("1.0", PAST, csv_of(FRA=90))
    archive.store(home.archive, edition.content)
    assert load(home, ops, tiny.declare_package(edition)).status == "fetched"
    columns = tiny.raw()["columns"]
    columns[1]["max"] = 50
    stricter = load(home, ops, tiny.declare_package(edition, columns=columns))
    assert stricter.status == "quarantined"
    assert stricter.in_force is None
    assert fetches(ops) == ["fetched", "unchanged"]


def test_content_is_gated_once(home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny.publish(GOOD)
    load(home, ops, tiny.declare())
    before = ops.table("vintage")
    at(monkeypatch, TODAY + timedelta(days=1))
    load(home, ops, tiny.declare(), TODAY + timedelta(days=1))
    assert ops.table("vintage").equals(before)


def test_a_file_put_back_another_day_is_a_third_vintage(
    home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    for offset, content in enumerate((GOOD, NEWER, GOOD)):
        tiny.publish(content)
        load(home, ops, tiny.declare(), at(monkeypatch, TODAY + timedelta(days=offset)))
    days = [TODAY + timedelta(days=offset) for offset in range(3)]
    assert [vintage.known_at for vintage in ops.vintages("tiny")] == days
    assert [rows_in_force(home, ops, day)[0][1] for day in days] == [1.0, 2.0, 1.0]
    assert len(files_under(home.archive)) == 2


def test_a_file_put_back_on_the_same_day_is_in_force_again(home: Home, ops: Ops, tiny: Tiny) -> None:
    for content in (GOOD, NEWER, GOOD):
        tiny.publish(content)
        load(home, ops, tiny.declare())
    assert rows_in_force(home, ops) == [("FRA", 1.0, "FRA")]
    assert loading.pending(home, ops, tiny.declare()) == []


@pytest.fixture
def older(tmp_path: Path) -> Path:
    path = tmp_path / "older.csv"
    path.write_bytes(csv_of(FRA=7))
    return path


def test_an_import_is_in_force_from_its_day_and_not_over_later_content(
    home: Home, ops: Ops, tiny: Tiny, older: Path
) -> None:
    tiny.publish(GOOD)
    load(home, ops, tiny.declare())
    done = loading.import_vintage(home, ops, tiny.declare(), [older], PAST)
    assert (done.status, recorded(ops, PAST)) == ("archived", "archived")
    assert rows_in_force(home, ops, PAST - timedelta(days=1)) == []
    assert rows_in_force(home, ops, PAST) == [("FRA", 7.0, "FRA")]
    assert rows_in_force(home, ops, TODAY) == [("FRA", 1.0, "FRA")]


def test_a_past_day_after_an_import_rests_on_the_archive_and_one_before_has_nothing(
    home: Home, ops: Ops, tiny: Tiny, older: Path
) -> None:
    loading.import_vintage(home, ops, tiny.declare(), [older], PAST)
    tiny.publish(GOOD)
    load(home, ops, tiny.declare())
    after, before = PAST + timedelta(days=1), PAST - timedelta(days=1)
    assert load(home, ops, tiny.declare(), after).status == "archived"
    assert load(home, ops, tiny.declare(), before).status == "no_vintage"
    assert ops.in_force("tiny", before) is None
    # No byte of today is known under a past day, in whatever way the days are asked for.
    list(loading.load_days(home, ops, tiny.declare(), [before, after, PAST, TODAY]))
    assert [(vintage.known_at, vintage.n_rows) for vintage in ops.vintages("tiny")] == [(PAST, 1), (TODAY, 1)]
    assert [recorded(ops, day) for day in (before, PAST, after, TODAY)] == [
        "no_vintage", "archived", "archived", "fetched",
    ]  # fmt: skip


def test_a_day_on_which_nobody_answered_keeps_that_when_it_is_asked_for_later(
    home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load(home, ops, tiny.declare()).status == "failed"  # the reviewed file is missing
    tiny.publish(GOOD)
    tomorrow = at(monkeypatch, TODAY + timedelta(days=1))
    done = list(loading.load_days(home, ops, tiny.declare(), [TODAY, tomorrow]))
    assert [load.status for load in done] == ["failed", "fetched"]
    assert recorded(ops) == "failed"


def test_an_error_nobody_foresaw_takes_nothing_from_days_that_were_answered(
    home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.publish(GOOD)
    load(home, ops, tiny.declare())
    at(monkeypatch, TODAY + timedelta(days=1))
    loading.fail(ops, tiny.declare(), TODAY, ZeroDivisionError("division by zero"))
    assert recorded(ops) == "fetched"
    loading.carry(home, ops, tiny.declare(), TODAY)
    assert recorded(ops) == "fetched"


def test_a_fault_of_asking_for_a_past_day_is_gone_when_it_is_asked_for_again(
    home: Home, ops: Ops, tiny: Tiny, older: Path
) -> None:
    loading.import_vintage(home, ops, tiny.declare(), [older], PAST)
    day = PAST + timedelta(days=3)
    loading.fail(ops, tiny.declare(), day, ZeroDivisionError("division by zero"))
    assert recorded(ops, day) == "failed"
    assert [load.status for load in loading.load_days(home, ops, tiny.declare(), [day])] == ["archived"]
    assert recorded(ops, day) == "archived"


def test_a_blocked_import_says_nothing_of_later_days(home: Home, ops: Ops, tiny: Tiny, older: Path) -> None:
    loading.import_vintage(home, ops, tiny.declare(), [older], PAST)
    older.write_bytes(BAD)
    blocked = PAST + timedelta(days=2)
    assert loading.import_vintage(home, ops, tiny.declare(), [older], blocked).status == "quarantined"
    days = [PAST + timedelta(days=number) for number in range(5)]
    done = list(loading.load_days(home, ops, tiny.declare(), days))
    assert [load.status for load in done] == ["archived", "archived", "quarantined", "archived", "archived"]
    assert load(home, ops, tiny.declare(), days[3]).status == "archived"


def test_an_older_import_is_judged_first_and_the_vintage_after_it_again(
    home: Home, ops: Ops, tiny: Tiny, older: Path
) -> None:
    declaration = tiny.declare(volume={"min_rows": 1, "max_drop_pct": 20})
    tiny.publish(csv_of(FRA=1, DEU=2))
    assert load(home, ops, declaration).status == "fetched"
    older.write_bytes(csv_of(FRA=1, DEU=2, ITA=3, ESP=4))
    loading.import_vintage(home, ops, declaration, [older], PAST)
    # Beside four rows, two are a fall by half: in the other order they would never have passed.
    assert [vintage.is_accepted for vintage in ops.vintages("tiny")] == [True, False]
    in_force = ops.in_force("tiny", TODAY)
    assert in_force is not None
    assert in_force.known_at == PAST


def test_days_of_a_source_whose_editions_cannot_be_had_say_so_where_one_is_lacking(
    home: Home, ops: Ops, tiny: Tiny
) -> None:
    archived, lacking = tiny.wheel("1", PAST, csv_of(FRA=1)), tiny.wheel("2", TODAY, csv_of(FRA=2))
    archive.store(home.archive, archived.content)
    days = [PAST - timedelta(days=1), PAST, TODAY - timedelta(days=1), TODAY]
    done = list(loading.load_days(home, ops, tiny.declare_package(archived, lacking), days))
    assert [load.status for load in done] == ["no_vintage", "fetched", "unchanged", "unreachable"]


def test_a_mended_parser_restates_from_the_archive_and_both_versions_are_logged(
    home: Home, ops: Ops, tiny: Tiny
) -> None:
    edition = tiny.wheel("1.0", PAST, csv_of(FRA=1, DEU=2))
    archive.store(home.archive, edition.content)
    columns = tiny.raw()["columns"]
    load(home, ops, tiny.declare_package(edition))
    before = ops.vintages("tiny")[0]
    assert ops.table("restatement").is_empty()
    columns[1]["type"] = "integer"
    load(home, ops, tiny.declare_package(edition, columns=columns))
    after = ops.vintages("tiny")[0]
    (row,) = ops.table("restatement").rows(named=True)
    assert (row["source_id"], row["known_at"], row["content_sha256"]) == ("tiny", PAST, before.content_sha256)
    assert (row["old_parse_key"], row["new_parse_key"]) == (before.parse_key, after.parse_key)
    assert before.parse_key != after.parse_key
    assert (row["was_accepted"], row["is_accepted"], row["old_n_rows"], row["new_n_rows"]) == (True, True, 2, 2)
    # Read anew with the same result is no restatement.
    columns[1]["description"] = "The same figure in other words."
    load(home, ops, tiny.declare_package(edition, columns=columns))
    assert ops.vintages("tiny")[0].parse_key != after.parse_key
    assert ops.table("restatement").height == 1


def test_an_import_of_known_content_is_unchanged(home: Home, ops: Ops, tiny: Tiny, older: Path) -> None:
    loading.import_vintage(home, ops, tiny.declare(), [older], PAST)
    again = loading.import_vintage(home, ops, tiny.declare(), [older], PAST + timedelta(days=5))
    assert again.status == "unchanged"
    assert [vintage.known_at for vintage in ops.vintages("tiny")] == [PAST]


def test_an_import_that_the_gate_blocks_is_quarantined(home: Home, ops: Ops, tiny: Tiny, older: Path) -> None:
    older.write_bytes(BAD)
    assert loading.import_vintage(home, ops, tiny.declare(), [older], PAST).status == "quarantined"
    assert ops.in_force("tiny", TODAY) is None


def test_a_day_to_come_cannot_be_imported(home: Home, ops: Ops, tiny: Tiny, older: Path) -> None:
    with pytest.raises(UsageError, match="still to come"):
        loading.import_vintage(home, ops, tiny.declare(), [older], TODAY + timedelta(days=1))


def test_a_missing_file_cannot_be_imported(home: Home, ops: Ops, tiny: Tiny, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="readable file"):
        loading.import_vintage(home, ops, tiny.declare(), [tmp_path / "nosuch.csv"], PAST)


def test_the_data_file_of_a_wheel_can_be_imported_alone(home: Home, ops: Ops, tiny: Tiny, older: Path) -> None:
    declaration = tiny.declare_package(tiny.wheel("1.0", PAST, GOOD))
    assert loading.import_vintage(home, ops, declaration, [older], PAST).status == "archived"
    assert rows_in_force(home, ops) == [("FRA", 7.0, "FRA")]


def test_an_unforeseen_error_is_recorded_and_the_last_good_vintage_stays(home: Home, ops: Ops, tiny: Tiny) -> None:
    tiny.publish(GOOD)
    load(home, ops, tiny.declare())
    done = loading.fail(ops, tiny.declare(), TODAY, ZeroDivisionError("division by zero"))
    assert (done.status, recorded(ops), fetches(ops)[-1]) == ("failed", "failed", "failed")
    assert done.message == "tiny: ZeroDivisionError: division by zero"
    assert done.in_force == ops.in_force("tiny", TODAY)
    assert done.in_force is not None


def test_state_of_an_older_layout_is_rebuilt_from_the_archive_without_fetching(
    home: Home, ops: Ops, tiny: Tiny, older: Path
) -> None:
    tiny.publish(GOOD)
    load(home, ops, tiny.declare())
    loading.import_vintage(home, ops, tiny.declare(), [older], PAST)
    before = [loading.read_landed(home, vintage).rows() for vintage in ops.vintages("tiny")]
    (home.root / "VERSION").write_text(f"{STATE_VERSION - 1}\n")
    assert open_home() == home
    assert ops.vintages("tiny") == []
    assert files_under(home.landed) == {}
    assert load(home, ops, tiny.declare()).status == "unchanged"
    assert [loading.read_landed(home, vintage).rows() for vintage in ops.vintages("tiny")] == before
    assert fetches(ops) == ["fetched", "archived", "unchanged"]
    assert (home.root / "VERSION").read_text() == f"{STATE_VERSION}\n"


def test_state_of_newer_code_is_refused_and_left_alone(home: Home) -> None:
    (home.root / "VERSION").write_text(f"{STATE_VERSION + 1}\n")
    with pytest.raises(UsageError, match=f"version {STATE_VERSION + 1}"):
        open_home()
    assert (home.root / "VERSION").read_text() == f"{STATE_VERSION + 1}\n"


def test_a_landed_file_that_is_gone_is_landed_again(home: Home, ops: Ops, tiny: Tiny) -> None:
    tiny.publish(csv_of(FRA=1))
    load(home, ops, tiny.declare())
    vintage = ops.in_force("tiny", TODAY)
    assert vintage is not None
    (home.landed / str(vintage.landed_file)).unlink()
    load(home, ops, tiny.declare())
    assert rows_in_force(home, ops, TODAY) == [("FRA", 1.0, "FRA")]


def test_blocked_ledger_bytes_are_judged_again_by_a_later_day(
    home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.publish(csv_of(FRA=1))
    judge = loading.gate.run_gate
    monkeypatch.setattr(
        loading.gate,
        "run_gate",
        lambda declared, parsed, previous, known_at: judge(
            declared, parsed if known_at > TODAY else replace(parsed, missing=["too early"]), previous, known_at
        ),
    )
    assert load(home, ops, tiny.declare()).status == "quarantined"
    tomorrow = at(monkeypatch, TODAY + timedelta(days=1))
    assert load(home, ops, tiny.declare(), tomorrow).status == "fetched"
    assert ops.in_force("tiny", TODAY) is None


def test_a_cell_of_any_length_ends_in_the_gate(home: Home, ops: Ops, tiny: Tiny) -> None:
    tiny.publish(b"iso_code,value\nFRA," + b"1" * 300_000 + b"\n")
    assert load(home, ops, tiny.declare()).status == "quarantined"


def test_a_clock_set_back_reads_the_reviewed_file_as_it_is_now(
    home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.publish(GOOD)
    load(home, ops, tiny.declare())
    day = at(monkeypatch, PAST)
    assert load(home, ops, tiny.declare(), day).status == "fetched"
    assert rows_in_force(home, ops, PAST) == [("FRA", 1.0, "FRA")]


def test_a_figure_set_aside_once_does_not_pass_as_new_the_next_time(
    home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    def moved(frame: pl.DataFrame, previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        if previous is None:
            return frame.clear()
        both = frame.join(previous.select("iso_code", was="value"), on="iso_code")
        return both.filter(pl.col("value") > 2 * pl.col("was"))

    rule = Rule("moved", "quarantine_rows", "no figure doubles", "Look.", moved)
    monkeypatch.setattr(loading.gate, "load_rules", lambda _: (rule,))
    for offset, france in enumerate((1, 50, 50, 50)):
        tiny.publish(csv_of(FRA=france, DEU=2 + offset / 10, ITA=3, ESP=4, POL=5))
        day = at(monkeypatch, TODAY + timedelta(days=offset))
        assert load(home, ops, tiny.declare(row_quarantine_max_pct=20), day).status == "fetched"
        in_force = ops.in_force("tiny", day)
        assert in_force is not None
        assert in_force.n_set_aside == (1 if offset else 0), offset


def test_rows_set_aside_do_not_make_a_load_look_small(
    home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = ["DEU", "ITA", "ESP", "POL", "NLD", "BEL", "AUT", "CZE", "PRT"]
    declaration = tiny.declare(row_quarantine_max_pct=20, volume={"min_rows": 1, "max_drop_pct": 15})
    for offset in range(4):
        tiny.publish(csv_of(FRA=-1 if offset else 1, **dict.fromkeys(codes[offset:], 5)))
        day = at(monkeypatch, TODAY + timedelta(days=offset))
        assert load(home, ops, declaration, day).status == "fetched", offset


def test_what_parsers_share_tells_two_readings_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("ingest", "expectations"):
        shutil.copytree(PROJECT_ROOT / folder, tmp_path / folder, ignore=NOT_COPIED)
    monkeypatch.setattr(loading, "PROJECT_ROOT", tmp_path)
    declaration = get_declaration("osm_data_centers").path

    def key() -> str:
        loading.parse_key.cache_clear()
        return loading.parse_key(declaration)

    keys = [key()]
    for name in ("ingest/reading/borders.py", "ingest/parsing.py", "ingest/countries.py", "expectations/gate.py"):
        with (tmp_path / name).open("a") as file:
            file.write("# another reading\n")
        keys.append(key())
    (tmp_path / "expectations" / "rules" / "top500.py").write_text("# of another source\n")
    assert len(set(keys)) == 5
    assert key() == keys[-1]
    loading.parse_key.cache_clear()
