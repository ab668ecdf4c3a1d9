"""Readers get a whole, checked build or keep the one they have."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations import marts
from expectations.results import Check
from ingest import archive
from ingest.errors import UsageError
from ingest.home import Home
from ingest.ops import Ops
from orchestration import builds, dbt_results, export, inputs, publish
from tests.conftest import Tiny
from tests.tiny_build import MODEL, ROWS, Build


@pytest.fixture
def build(home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Build:
    monkeypatch.setattr(marts, "check_marts", lambda _con: [])
    return Build(home, ops, tiny)


def state(home: Home) -> list[str]:
    return [f"{path.relative_to(home.published)}" for path in sorted(home.published.rglob("*"))] + [
        str(link.readlink()) for link in sorted(home.published.iterdir()) if link.is_symlink()
    ]


def later(monkeypatch: pytest.MonkeyPatch, minute: int) -> None:
    monkeypatch.setenv("ATLAS_NOW", f"2026-11-22T06:{minute:02}")


def test_a_good_build_is_published_with_its_marts(build: Build) -> None:
    manifest = build.publish()
    assert builds.current(build.home) == json.loads(json.dumps(manifest, default=str))
    assert build.ask("select n, label from marts.mart_tiny order by n") == ROWS
    parquet = build.home.published / "current" / "parquet" / "mart_tiny.parquet"
    assert duckdb.read_parquet(str(parquet)).fetchall() == ROWS


def test_staging_and_raw_are_not_published(build: Build) -> None:
    build.publish()
    assert build.ask("select distinct table_schema from information_schema.tables order by all") == [
        ("marts",),
        ("ops",),
    ]


def test_comments_of_tables_and_columns_survive(build: Build) -> None:
    build.publish()
    assert build.ask("select comment from duckdb_tables() where table_name = 'mart_tiny'") == [("It's a mart.",)]
    assert build.ask("select comment from duckdb_columns() where table_name = 'mart_tiny' and column_name = 'n'") == [
        ("A number.",)
    ]


def _no_inputs(build: Build, _monkeypatch: pytest.MonkeyPatch) -> None:
    inputs.forget(build.home)


def _no_results(build: Build, _monkeypatch: pytest.MonkeyPatch) -> None:
    dbt_results.forget(build.home)


def _crashed_dbt(build: Build, _monkeypatch: pytest.MonkeyPatch) -> None:
    # The inputs changed, and dbt ended before it wrote any result: those it left are of the build before.
    dbt_results.forget(build.home)
    dbt_results.record(build.home)


def _failed_test(build: Build, _monkeypatch: pytest.MonkeyPatch) -> None:
    build.tell(**{"test.infra_atlas.t": "fail"})


def _skipped_model(build: Build, _monkeypatch: pytest.MonkeyPatch) -> None:
    build.tell(**{MODEL: "skipped"})


def _failed_check(_build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    check = Check("mart_tiny.has_rows", "volume", "block", False, 1, 0, "came: no such table")
    monkeypatch.setattr(marts, "check_marts", lambda _con: [check])


def _failed_write(_build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_folder: Path) -> None:
        raise publish.NotPublishedError("no space")

    monkeypatch.setattr(publish, "_sync", refuse)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_no_inputs, "unfinished"),
        (_no_results, "mart_tiny not run"),
        (_crashed_dbt, "mart_tiny not run"),
        (_failed_test, "t fail: why"),
        (_skipped_model, "mart_tiny skipped"),
        (_failed_check, "mart_tiny.has_rows: came: no such table"),
        (_failed_write, "no space"),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else None,
)
def test_an_unfit_build_is_refused_and_the_published_one_stays(
    build: Build, monkeypatch: pytest.MonkeyPatch, spoil: Any, reason: str
) -> None:
    build.publish()
    before = state(build.home)
    later(monkeypatch, 1)
    build.fill([(9, "unfit")])
    spoil(build, monkeypatch)
    with pytest.raises(publish.NotPublishedError, match=reason):
        build.publish()
    assert state(build.home) == before
    assert build.ask("select count(*) from marts.mart_tiny") == [(3,)]


def test_a_failure_is_told_before_what_was_skipped_because_of_it(build: Build) -> None:
    build.tell(**{MODEL: "skipped", "test.infra_atlas.t": "fail"})
    assert [fault.split(":")[0] for fault in dbt_results.faults(build.home)] == ["t fail", "mart_tiny skipped"]


def test_a_check_that_warns_does_not_stop_publishing(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    check = Check("mart_tiny.odd", "plausibility", "warn", False, 1, 3, "came: odd")
    monkeypatch.setattr(marts, "check_marts", lambda _con: [check])
    build.publish()
    assert build.ask("select subject, rule, outcome from ops.ops_check_results") == [
        ("mart_tiny", "mart_tiny.odd", "failed")
    ]


def test_what_killed_runs_left_is_swept(build: Build) -> None:
    left = build.home.published / "builds" / ".unfinished-x-1"
    left.mkdir()
    build.publish()
    assert not left.exists()


def test_as_many_builds_are_kept_as_asked_for(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(builds.KEEP_BUILDS, "2")
    made = []
    for minute in range(4):
        later(monkeypatch, minute)
        made.append(build.publish()["build_id"])
    assert sorted(path.name for path in (build.home.published / "builds").iterdir()) == made[-2:]
    manifest = builds.current(build.home)
    assert manifest is not None
    assert manifest["build_id"] == made[-1]


def test_a_rollback_puts_the_build_before_in_force_and_holds_it(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build.publish()
    later(monkeypatch, 1)
    build.fill([(9, "wrong")])
    second = build.publish()
    assert builds.held_since(build.home) is None
    assert builds.roll_back(build.home, None)["build_id"] == first["build_id"]
    assert build.ask("select count(*) from marts.mart_tiny") == [(3,)]
    assert builds.held_since(build.home) is not None
    assert not builds.is_due(build.home, {"key": "of newer vintages"})
    assert [one["build_id"] for one in builds.kept(build.home)] == [first["build_id"], second["build_id"]]


def test_a_rollback_may_name_the_build(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for minute in range(3):
        later(monkeypatch, minute)
        made.append(build.publish()["build_id"])
    builds.roll_back(build.home, made[0])
    # Forward again, past the one between.
    assert builds.roll_back(build.home, made[2])["build_id"] == made[2]
    with pytest.raises(UsageError, match=f"There is no build 'x'. Kept are: {made[0]}, {made[1]}, {made[2]}"):
        builds.roll_back(build.home, "x")


def test_the_build_before_is_the_one_made_before_whatever_the_clock_was(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, 9)
    first = build.publish()["build_id"]
    later(monkeypatch, 1)
    second = build.publish()["build_id"]
    assert second < first
    assert builds.roll_back(build.home, None)["build_id"] == first
    monkeypatch.setenv(builds.KEEP_BUILDS, "1")
    later(monkeypatch, 0)
    third = build.publish()["build_id"]
    # The newest, and the one that was in force.
    assert [one["build_id"] for one in builds.kept(build.home)] == [first, third]


def test_without_an_earlier_build_there_is_no_rollback(build: Build) -> None:
    with pytest.raises(UsageError, match="Nothing is published yet"):
        builds.roll_back(build.home, None)
    build.publish()
    with pytest.raises(UsageError, match="There is no build before"):
        builds.roll_back(build.home, None)
    assert builds.held_since(build.home) is None


def test_a_rollback_killed_before_the_link_moved_holds_nothing(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build.publish()
    later(monkeypatch, 1)
    second = build.publish()

    class Killed(BaseException):
        pass

    def die(home: Home, _build_id: str) -> None:
        assert (home.published / "held.json").exists(), "a kill after the link moved would leave it without a hold"
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(builds, "put_in_force", die)
        with pytest.raises(Killed):
            builds.roll_back(build.home, None)
    manifest = builds.current(build.home)
    assert manifest is not None
    assert manifest["build_id"] == second["build_id"]
    assert builds.held_since(build.home) is None
    # Nor does the note it left hold the build when it comes in force some other way.
    assert builds.reuse(build.home, first["inputs_key"])
    assert builds.held_since(build.home) is None


def test_a_rollback_from_a_held_build_that_is_killed_leaves_it_held(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for minute in range(3):
        later(monkeypatch, minute)
        made.append(build.publish()["build_id"])
    builds.roll_back(build.home, made[1])
    with monkeypatch.context() as patch:
        patch.setattr(builds, "put_in_force", lambda *_: None)
        builds.roll_back(build.home, made[0])
    assert builds.held_since(build.home) is not None


def _without_data(folder: Path) -> None:
    (folder / "atlas.duckdb").unlink()


def _junk_data(folder: Path) -> None:
    (folder / "atlas.duckdb").write_bytes(b"junk")


def _empty_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{}")


def _listed_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("[]")


DAMAGE = [_without_data, _junk_data, _empty_manifest, _listed_manifest]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_build_is_none_and_is_made_again(build: Build, damage: Callable[[Path], None]) -> None:
    key = build.publish()["inputs_key"]
    damage((build.home.published / "current").resolve())
    assert builds.current(build.home) is None
    assert builds.is_due(build.home, {"key": key})
    assert not builds.reuse(build.home, key)
    build.publish()  # under the same name, the clock being frozen
    assert build.ask("select count(*) from marts.mart_tiny") == [(3,)]


@pytest.mark.parametrize("damage", DAMAGE[:2])
def test_nobody_rolls_back_to_a_damaged_build(
    build: Build, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], None]
) -> None:
    first = build.publish()["build_id"]
    later(monkeypatch, 1)
    second = build.publish()
    damage(build.home.published / "builds" / first)
    with pytest.raises(UsageError, match=f"There is no build '{first}'. Kept are: {second['build_id']}"):
        builds.roll_back(build.home, first)
    assert builds.current(build.home) == json.loads(json.dumps(second, default=str))


@pytest.mark.parametrize("note", ["{}", "[]", "null", "{", '{"build_ids": 5, "since": "now"}'])
def test_a_note_that_cannot_be_read_holds_nothing(build: Build, note: str) -> None:
    build.publish()
    (build.home.published / "held.json").write_text(note)
    assert builds.held_since(build.home) is None


def test_a_file_beside_the_builds_is_none(build: Build) -> None:
    build.publish()
    (build.home.published / "builds" / "notes.txt").write_text("mine")
    assert len(builds.kept(build.home)) == 1


def test_a_folder_in_the_place_of_the_link_is_told(build: Build) -> None:
    build.publish()
    (build.home.published / "current").unlink()
    (build.home.published / "current").mkdir()
    with pytest.raises(UsageError, match="current must be a link to a build"):
        build.publish()


def test_the_build_that_was_in_force_stays_for_those_who_read_it(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(builds.KEEP_BUILDS, "1")
    first = build.publish()["build_id"]
    later(monkeypatch, 1)
    second = build.publish()["build_id"]
    assert sorted(path.name for path in (build.home.published / "builds").iterdir()) == [first, second]


def test_the_next_build_ends_a_rollback_that_was_released(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    key = build.publish()["inputs_key"]
    later(monkeypatch, 1)
    second = build.publish()
    builds.roll_back(build.home, None)
    builds.release(build.home)
    assert builds.reuse(build.home, key)
    manifest = builds.current(build.home)
    assert manifest is not None
    assert manifest["build_id"] == second["build_id"]
    assert not builds.reuse(build.home, "of newer vintages")


def test_the_build_in_force_is_never_removed(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build.publish()["build_id"]
    later(monkeypatch, 1)
    build.publish()
    builds.roll_back(build.home, None)
    builds.prune(build.home, 1, None)
    assert (build.home.published / "builds" / first).is_dir()


def test_parquet_files_tell_what_they_hold(build: Build) -> None:
    manifest = build.publish()
    path = build.home.published / "current" / "parquet" / "mart_tiny.parquet"
    pairs = duckdb.sql(f"select key, value from parquet_kv_metadata('{path}')").fetchall()
    told = {key.decode(): value.decode() for key, value in pairs}
    assert told["description"] == "It's a mart."
    assert json.loads(told["columns"]) == {"n": {"description": "A number."}, "label": {"description": ""}}
    assert json.loads(told["licences"]) == [{"name": "CC-BY-4.0", "path": "https://x.test", "attribution": "Tiny"}]
    assert told["build_id"] == manifest["build_id"]


def test_the_data_package_names_each_file_with_its_hash_types_and_licences(build: Build) -> None:
    manifest = build.publish()
    folder = build.home.published / "current"
    package = json.loads((folder / "datapackage.json").read_text())
    assert package["version"] == manifest["build_id"]
    assert package["licenses"] == [{"name": "CC-BY-4.0", "path": "https://x.test"}]
    tiny, licences = package["resources"]
    content = (folder / tiny["path"]).read_bytes()
    assert (tiny["bytes"], tiny["hash"]) == (len(content), f"sha256:{archive.sha256(content)}")
    assert tiny["schema"] == {
        "fields": [
            {"name": "n", "type": "integer", "description": "A number."},
            {"name": "label", "type": "string", "description": ""},
        ],
        "uniqueKeys": [["n"]],
    }
    assert tiny["sources"] == [{"title": "Tiny"}]
    assert "licenses" not in licences


def test_a_number_tells_its_unit() -> None:
    columns = (
        ("v_central_mw", "DOUBLE", "Power."),
        ("gdp_usd", "DECIMAL(20,2)", "GDP."),
        ("stage", "VARCHAR", "Stage."),
    )
    mart = export.Mart("mart_made_up", "", columns, (), ())
    made = {"build_id": "b", "known_at": "2026-11-22", "built_at": datetime(2026, 11, 22, tzinfo=UTC)}
    (resource,) = export.descriptor([mart], made, {"mart_made_up": b""})["resources"]
    assert [field.get("unit") for field in resource["schema"]["fields"]] == ["MW", "USD", None]
    assert [field["type"] for field in resource["schema"]["fields"]] == ["number", "number", "string"]


def test_links_are_relative_so_that_the_folder_can_be_moved(build: Build, tmp_path: Path) -> None:
    build.publish()
    moved = build.home.root.rename(tmp_path / "moved")
    with duckdb.connect(str((moved / "published" / "atlas.duckdb").resolve(strict=True)), read_only=True) as con:
        assert con.sql("select count(*) from marts.mart_tiny").fetchall() == [(3,)]


def digest_of(rows: list[tuple[int, str | None]]) -> dict[str, Any]:
    with duckdb.connect() as con:
        con.sql("create table t (n integer, label varchar)")
        con.executemany("insert into t values (?, ?)", rows)
        return publish.describe(con, "t")


def test_the_hash_of_a_table_does_not_depend_on_the_order_of_its_rows() -> None:
    assert digest_of(ROWS) == digest_of(ROWS[::-1])


def test_the_hash_of_a_table_tells_an_unknown_value_from_text() -> None:
    assert digest_of(ROWS) != digest_of([(1, "a"), (2, "NULL"), (3, "it's")])


def test_a_held_build_is_still_whole_after_the_next_one(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    build.publish()
    path = str((build.home.published / "atlas.duckdb").resolve())
    with duckdb.connect(path, read_only=True) as reader:
        later(monkeypatch, 1)
        build.fill([(9, "new")])
        build.publish()
        assert reader.sql("select count(*) from marts.mart_tiny").fetchall() == [(3,)]
    assert build.ask("select n from marts.mart_tiny") == [(9,)]


def test_a_table_the_project_has_no_more_is_not_published(build: Build) -> None:
    with duckdb.connect(str(build.home.build_db)) as con:
        con.sql("create table marts.mart_removed as select 1 as n")
    assert "marts.mart_removed" not in build.publish()["tables"]


def test_a_missing_link_to_the_build_is_made_again(build: Build) -> None:
    key = build.publish()["inputs_key"]
    assert builds.is_published(build.home, key)
    (build.home.published / "atlas.duckdb").unlink()
    assert not builds.is_published(build.home, key)
    build.publish()
    assert build.ask("select count(*) from marts.mart_tiny") == [(3,)]


def test_a_setting_that_is_no_number_stops_before_anything_is_published(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_KEEP_BUILDS", "abc")
    with pytest.raises(UsageError, match="ATLAS_KEEP_BUILDS must be a whole number"):
        build.publish()
    assert builds.current(build.home) is None


def test_inputs_that_differ_in_a_status_have_another_key(ops: Ops, tiny: Tiny) -> None:
    declared = {"tiny": tiny.declare()}
    before = inputs.collect(ops, declared).key
    ops.put_day("tiny", inputs.clock.today(), "unreachable", None, None)
    assert inputs.collect(ops, declared).key != before


def test_a_source_that_is_declared_no_more_is_no_input(ops: Ops) -> None:
    before = inputs.collect(ops, {}).key
    ops.put_day("tiny", inputs.clock.today(), "unreachable", None, None)
    assert inputs.collect(ops, {}).key == before


def test_inputs_of_another_day_have_another_key(ops: Ops, monkeypatch: pytest.MonkeyPatch) -> None:
    before = inputs.collect(ops, {}).key
    monkeypatch.setenv("ATLAS_NOW", "2026-11-23")
    assert inputs.collect(ops, {}).key != before


def test_a_second_ask_of_the_same_day_is_the_same_inputs(ops: Ops) -> None:
    ops.put_day("tiny", inputs.clock.today(), "fetched", None, None)
    before = inputs.collect(ops, {}).key
    ops.put_day("tiny", inputs.clock.today(), "unchanged", None, None)
    assert inputs.collect(ops, {}).key == before


def test_code_that_changes_has_another_version(tmp_path: Path) -> None:
    versions = set()
    for text in ("a", "b"):
        root = tmp_path / text
        (root / "ingest").mkdir(parents=True)
        (root / "ingest" / "x.py").write_text(text)
        versions.add(inputs.code_version(root))
    assert len(versions) == 2
