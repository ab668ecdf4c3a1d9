"""Assets report the truth about a day; schedules, dead runs and warnings act on what is recorded."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import polars as pl
import pytest
import requests

from expectations import gate
from ingest import archive
from ingest import load as loading
from ingest.clock import FIRST_DAY
from ingest.home import Home
from ingest.load import read_landed
from ingest.ops import Ops
from orchestration import dbt_results, runs, schedules, setup
from orchestration.assets import landed
from orchestration.assets.sources import preview, source_asset
from tests.conftest import TODAY, Tiny, csv_of

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def materialize(instance: dg.DagsterInstance, *sources: Any, day: date = TODAY) -> dg.ExecuteInProcessResult:
    assets = [source_asset(source) for source in sources]
    return dg.materialize(assets, partition_key=str(day), instance=instance)


def checks_of(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    return {check.check_name: check.passed for check in result.get_asset_check_evaluations()}


def test_a_good_load_materialises_with_its_status_and_rows(instance: dg.DagsterInstance, ops: Ops, tiny: Tiny) -> None:
    tiny.publish(csv_of(FRA=1))
    result = materialize(instance, tiny.declare())
    (event,) = result.asset_materializations_for_node("tiny")
    assert event.metadata["status"].value == "fetched"
    assert event.metadata["dagster/row_count"].value == 1
    assert checks_of(result) == {"answered": True, "gate": True, "freshness": True}


def test_a_blocked_load_materialises_and_fails_its_gate_check(
    instance: dg.DagsterInstance, ops: Ops, tiny: Tiny
) -> None:
    tiny.publish(csv_of(FRA=-1))
    result = materialize(instance, tiny.declare())
    assert result.success
    assert checks_of(result) == {"answered": True, "gate": False, "freshness": True}
    (gate,) = [check for check in result.get_asset_check_evaluations() if check.check_name == "gate"]
    assert gate.severity == dg.AssetCheckSeverity.ERROR


def test_a_source_that_fails_materialises_and_fails_its_answer_check(
    instance: dg.DagsterInstance, ops: Ops, tiny: Tiny
) -> None:
    result = materialize(instance, tiny.declare())
    assert result.success
    assert checks_of(result)["answered"] is False


def test_an_error_nobody_foresaw_is_a_status_and_the_other_sources_go_on(
    instance: dg.DagsterInstance, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tiny.declare(source_id="broken")
    tiny.publish(csv_of(FRA=1))
    judge = gate.run_gate
    monkeypatch.setattr(
        gate, "run_gate", lambda declared, *rest: 1 / 0 if declared == broken else judge(declared, *rest)
    )
    result = materialize(instance, broken, tiny.declare())
    assert result.success
    statuses = dict(ops.table("calendar").select("source_id", "status").iter_rows())
    assert statuses == {"broken": "failed", "tiny": "fetched"}
    told = ops.day("broken", TODAY)
    assert told is not None
    assert "ZeroDivisionError" in told["message"]


def test_content_that_crashes_its_parser_is_quarantined(instance: dg.DagsterInstance, ops: Ops, tiny: Tiny) -> None:
    (tiny.folder / "broken.py").write_text("def parse(files):\n    return 1 / 0\n")
    tiny.publish(csv_of(FRA=1))
    assert materialize(instance, tiny.declare(source_id="broken", parse={"format": "parser"})).success
    told = ops.day("broken", TODAY)
    assert told is not None
    assert told["status"] == "quarantined"
    assert "ZeroDivisionError" in told["message"]


def test_content_that_crashes_its_parser_does_not_keep_later_content_out(
    instance: dg.DagsterInstance, home: Home, ops: Ops, tiny: Tiny
) -> None:
    parser = "import polars as pl\ndef parse(files):\n    return pl.read_csv(list(files.values())[0]) if b',' in "
    parser += "next(iter(files.values())) else [][1]\n"
    (tiny.folder / "tiny.py").write_text(parser)
    declaration = tiny.declare(parse={"format": "parser"})
    tiny.publish(b"odd")
    materialize(instance, declaration)
    assert ops.in_force("tiny", TODAY) is None
    tiny.publish(csv_of(FRA=1))
    materialize(instance, declaration)
    in_force = ops.in_force("tiny", TODAY)
    assert in_force is not None
    assert read_landed(home, in_force)["value"].to_list() == [1.0]


def test_content_older_than_declared_fails_the_freshness_check(
    instance: dg.DagsterInstance, home: Home, ops: Ops, tiny: Tiny
) -> None:
    edition = tiny.wheel("1.0", TODAY - timedelta(days=31), csv_of(FRA=1))
    archive.store(home.archive, edition.content)
    result = materialize(instance, tiny.declare_package(edition))
    assert checks_of(result) == {"answered": True, "gate": True, "freshness": False}


def land(instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    return dg.materialize([landed.landed_asset([])], partition_key=str(TODAY), instance=instance)


def test_landing_fills_the_build_file_once_for_the_same_inputs(
    instance: dg.DagsterInstance, home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.publish(csv_of(FRA=1))
    loading.load(home, ops, tiny.declare(), TODAY)
    monkeypatch.setattr(landed, "load_declarations", lambda: {"tiny": tiny.declare()})
    changed = [land(instance).asset_materializations_for_node("landed")[0].metadata["is_changed"].value for _ in "12"]
    assert changed == [True, False]


def test_landing_survives_content_that_crashes_its_parser(
    instance: dg.DagsterInstance, home: Home, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tiny.folder / "tiny.py").write_text("def parse(files):\n    return 1 / 0\n")
    declaration = tiny.declare(parse={"format": "parser"})
    tiny.publish(csv_of(FRA=1))
    monkeypatch.setattr(landed, "load_declarations", lambda: {"tiny": declaration})
    materialize(instance, declaration)
    assert land(instance).success


def test_landing_survives_a_declaration_changed_since_its_source_was_loaded(
    instance: dg.DagsterInstance, home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refresh of another source alone must still be able to fill the build file."""
    tiny.publish(csv_of(FRA=1))
    loading.load(home, ops, tiny.declare(), TODAY)
    columns = tiny.raw()["columns"]
    columns[1] |= {"name": "figure", "source": "value"}
    monkeypatch.setattr(landed, "load_declarations", lambda: {"tiny": tiny.declare(columns=columns)})
    assert land(instance).success
    with duckdb.connect(str(home.build_db), read_only=True) as con:
        assert con.sql("select iso3, figure from raw.tiny").fetchall() == [("FRA", 1.0)]


def test_a_preview_cannot_break_its_table() -> None:
    assert preview(pl.DataFrame({"a": ["x|y\nz", None]})).splitlines() == ["| a |", "| --- |", "| x\\|y z |", "|  |"]


@pytest.mark.parametrize(
    ("recorded", "first"),
    [
        ([], TODAY),
        ([TODAY], TODAY),
        ([YESTERDAY], TODAY),
        ([TODAY, TODAY - timedelta(days=9)], TODAY - timedelta(days=8)),
        ([TODAY - timedelta(days=300)], TODAY - timedelta(days=31)),
    ],
)
def test_the_first_day_due_follows_the_last_on_record(recorded: list[date], first: date) -> None:
    assert schedules.first_missed(recorded, TODAY) == first


def ask_schedule() -> dg.RunRequest:
    moment = datetime(TODAY.year, TODAY.month, TODAY.day, 6, tzinfo=UTC)
    found = schedules.daily_refresh(dg.build_schedule_context(scheduled_execution_time=moment))
    assert isinstance(found, dg.RunRequest)
    return found


def test_the_schedule_asks_for_today(ops: Ops) -> None:
    ops.put_day("ledger", YESTERDAY, "fetched", None, None)
    assert ask_schedule().partition_key == str(TODAY)


def test_the_schedule_asks_for_the_days_missed_in_one_run(ops: Ops) -> None:
    ops.put_day("ledger", TODAY - timedelta(days=4), "fetched", None, None)
    request = ask_schedule()
    assert request.partition_key is None
    assert request.tags == {
        "dagster/asset_partition_range_start": str(TODAY - timedelta(days=3)),
        "dagster/asset_partition_range_end": str(TODAY),
    }


def test_days_before_the_first_edition_are_no_partitions() -> None:
    keys = schedules.DAYS.get_partition_keys(current_time=datetime(2026, 11, 22, 3, tzinfo=UTC))
    assert (keys[0], keys[-1]) == (str(FIRST_DAY), str(TODAY))


def test_no_record_is_nothing_to_warn_of(ops: Ops) -> None:
    assert schedules.degraded_line(ops) is None


def test_a_good_day_is_nothing_to_warn_of(ops: Ops) -> None:
    ops.put_day("tiny", YESTERDAY, "failed", None, "why")
    for source_id, status in (("a", "fetched"), ("b", "unchanged"), ("c", "no_vintage"), ("d", "disabled")):
        ops.put_day(source_id, TODAY, status, None, None)
    assert schedules.degraded_line(ops) is None


def test_sources_that_stand_badly_on_the_newest_day_are_named(ops: Ops) -> None:
    for source_id, status in (("good", "fetched"), ("z", "quarantined"), ("a", "unreachable"), ("m", "failed")):
        ops.put_day(source_id, TODAY, status, None, None)
    line = schedules.degraded_line(ops)
    assert line is not None
    assert f"{TODAY}: a unreachable, m failed, z quarantined." in line
    assert "good" not in line.removesuffix("Their last good vintages stay in force.")


SECRET = "token-4711"


class Answer(requests.Response):
    def __init__(self, status: int) -> None:
        super().__init__()
        self.status_code, self.url = status, f"https://hooks.example/{SECRET}"


def _refused(*_: Any, **__: Any) -> requests.Response:
    raise requests.ConnectionError(f"cannot reach https://hooks.example/{SECRET}")


@pytest.mark.parametrize("post", [_refused, lambda *_, **__: Answer(500)], ids=["refused", "server error"])
def test_a_webhook_that_fails_is_told_without_its_address(
    post: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(schedules.WEBHOOK, f"https://hooks.example/{SECRET}")
    monkeypatch.setattr(requests, "post", post)
    schedules._notify(logging.getLogger("tests"), "one line")
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert "one line" in caplog.text
    assert SECRET not in caplog.text
    assert "hooks.example" not in caplog.text


def test_a_webhook_gets_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setenv(schedules.WEBHOOK, "https://hooks.example")
    monkeypatch.setattr(requests, "post", lambda url, json, timeout: sent.append((url, json)) or Answer(200))
    schedules._notify(logging.getLogger("tests"), "one line")
    assert sent == [("https://hooks.example", {"text": "one line"})]


def test_without_a_webhook_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(requests, "post", lambda *args, **_: sent.append(args) or Answer(200))
    schedules._notify(logging.getLogger("tests"), "one line")
    assert sent == []


def start_run(instance: dg.DagsterInstance, **tags: str) -> str:
    run = dg.DagsterRun(job_name="refresh", status=dg.DagsterRunStatus.STARTED, tags=tags)
    return instance.add_run(run).run_id


def dead_pid() -> str:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return str(done.pid)


def test_a_run_whose_worker_is_gone_is_failed_and_a_live_one_is_left(instance: dg.DagsterInstance) -> None:
    alive, unclaimed = start_run(instance), start_run(instance)
    runs.claim(instance, alive)
    dead = start_run(instance, **{runs.PID_TAG: dead_pid(), runs.STARTED_TAG: "1.00"})
    assert runs.fail_dead_runs(instance) == [dead]
    statuses = {run.run_id: run.status.value for run in instance.get_runs()}
    assert statuses == {alive: "STARTED", unclaimed: "STARTED", dead: "FAILURE"}


def test_a_run_whose_workers_number_came_again_is_failed(instance: dg.DagsterInstance) -> None:
    dead = start_run(instance, **{runs.PID_TAG: str(os.getpid()), runs.STARTED_TAG: "1.00"})
    assert runs.fail_dead_runs(instance) == [dead]


def test_old_finished_runs_are_deleted(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = start_run(instance)
    instance.report_run_failed(instance.get_runs()[0])
    monkeypatch.setenv("ATLAS_NOW", str(datetime.now(UTC).date() + timedelta(days=2)))
    assert runs.prune_runs(instance) == 0
    monkeypatch.setenv(runs.KEEP_RUN_DAYS, "1")
    assert runs.prune_runs(instance) == 1
    assert instance.get_run_by_id(run_id) is None


def test_a_run_nobody_took_up_is_failed_after_a_while(instance: dg.DagsterInstance) -> None:
    waiting = start_run(instance)
    assert runs.fail_dead_runs(instance) == []
    assert runs.fail_dead_runs(instance, claim_seconds=-1) == [waiting]


def test_a_new_server_fails_what_the_one_before_it_launched(instance: dg.DagsterInstance) -> None:
    launched, at_work = start_run(instance), start_run(instance, **runs.worker_tags())
    assert runs.fail_dead_runs(instance, claim_seconds=0) == [launched]
    assert [run.run_id for run in instance.get_runs() if run.status.value == "STARTED"] == [at_work]


def test_a_run_that_died_while_it_was_made_is_failed(instance: dg.DagsterInstance) -> None:
    dead = dg.DagsterRun(job_name="load", tags={runs.PID_TAG: dead_pid(), runs.STARTED_TAG: "1.00"})
    for run in (dead, dg.DagsterRun(job_name="of the daemon")):
        instance.add_run(run)
    assert runs.fail_dead_runs(instance, claim_seconds=0) == [dead.run_id]


def test_a_run_started_again_is_not_taken_for_the_one_that_died(instance: dg.DagsterInstance) -> None:
    tags = {runs.PID_TAG: dead_pid(), runs.STARTED_TAG: "1.00"}
    dead = start_run(instance, **tags)
    assert runs.fail_dead_runs(instance) == [dead]
    again = dg.DagsterRun(
        job_name="refresh", status=dg.DagsterRunStatus.STARTING, tags=tags, parent_run_id=dead, root_run_id=dead
    )
    instance.add_run(again)
    assert runs.fail_dead_runs(instance) == []
    runs.claim(instance, again.run_id)
    assert runs.fail_dead_runs(instance) == []
    instance.add_run_tags(again.run_id, {runs.PID_TAG: dead_pid(), runs.STARTED_TAG: "2.00"})
    assert runs.fail_dead_runs(instance) == [again.run_id]


def test_a_clock_that_was_set_does_not_fail_a_live_run(instance: dg.DagsterInstance) -> None:
    alive = start_run(instance)
    runs.claim(instance, alive)
    run = instance.get_run_by_id(alive)
    assert run is not None
    instance.add_run_tags(alive, {runs.STARTED_TAG: str(float(run.tags[runs.STARTED_TAG]) + 30)})
    assert runs.fail_dead_runs(instance) == []


def test_a_damaged_build_file_is_made_anew(home: Home) -> None:
    home.build_db.write_bytes(b"no database" * 500)
    with landed._open_build(home) as con:
        assert con.sql("select 1").fetchall() == [(1,)]


def test_dbt_parses_once_and_again_when_its_manifest_is_gone(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def parse(folder: str) -> None:
        calls.append(folder)
        for name in ("manifest.json", "partial_parse.msgpack"):
            (Path(folder) / name).write_text("{}")

    monkeypatch.setattr(setup, "_parse", parse)
    monkeypatch.setattr(setup.generate, "write_for_dbt", list)
    setup.prepare_manifest(home)
    setup.prepare_manifest(home)
    assert len(calls) == 1
    assert not list(home.tmp.glob("*/*"))
    dbt_results.manifest_path(home).unlink()
    setup.prepare_manifest(home)
    assert len(calls) == 2
