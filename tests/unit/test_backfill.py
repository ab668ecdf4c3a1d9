"""A range of days is loaded in few runs, each day with its own status, and built and published once."""

import os
from collections.abc import Iterator
from datetime import date, timedelta

import dagster as dg
import pytest
from dagster._core.errors import DagsterExecutionInterruptedError
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from ingest import archive
from ingest import load as loading
from ingest.declaration import Declaration
from ingest.home import Home
from ingest.ops import Ops
from orchestration import builds, partitions, setup
from orchestration import refresh as refreshing
from orchestration.assets import landed, sources
from orchestration.assets.sources import source_asset
from orchestration.assets.warehouse import dbt_models, dbt_resource, published_asset
from tests.conftest import TODAY, Refreshed, Tiny, csv_of

DAYS = [TODAY - timedelta(days=number) for number in range(4, -1, -1)]
TINY = dg.AssetKey("tiny")


@pytest.mark.parametrize("n_days", [1, 2, 3, 7])
def test_days_are_shared_out_without_loss(n_days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "DAYS_PER_RUN", 3)
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(n_days)]
    found = partitions.chunks(days)
    assert [day for chunk in found for day in chunk] == days
    assert {len(chunk) for chunk in found[:-1]} <= {3}


def test_sources_and_landing_go_into_one_run(tiny: Tiny) -> None:
    assets = [source_asset(tiny.declare()), landed.landed_asset([TINY])]
    assert {asset.backfill_policy for asset in assets} == {partitions.BACKFILL_POLICY}
    assert {asset.partitions_def for asset in assets} == {partitions.DAYS}
    assert partitions.BACKFILL_POLICY.max_partitions_per_run == partitions.DAYS_PER_RUN


def publish_on(home: Home, tiny: Tiny, **contents: bytes) -> Declaration:
    """Declare `tiny` with editions in the archive, released on the days before today named d4 to d0."""
    editions = [tiny.wheel(f"{index}.0", DAYS[4 - int(name[1])], content)
                for index, (name, content) in enumerate(contents.items(), start=1)]  # fmt: skip
    for edition in editions:
        archive.store(home.archive, edition.content)
    return tiny.declare_package(*editions)


def test_each_day_has_its_own_status_and_the_newest_the_gate(home: Home, tiny: Tiny) -> None:
    declaration = publish_on(home, tiny, d3=csv_of(FRA=1), d1=csv_of(FRA=-1))
    tags = {ASSET_PARTITION_RANGE_START_TAG: str(DAYS[0]), ASSET_PARTITION_RANGE_END_TAG: str(DAYS[-1])}
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([source_asset(declaration)], instance=instance, tags=tags)
        told = [entry.user_message for entry in instance.all_logs(result.run_id)]
    events = {event.partition: event.metadata for event in result.asset_materializations_for_node("tiny")}
    statuses = [events[str(day)]["status"].value for day in DAYS]
    assert statuses == ["no_vintage", "fetched", "unchanged", "quarantined", "quarantined"]
    assert "is known by" in str(events[str(DAYS[0])]["message"].value)
    assert "value" in str(events[str(DAYS[3])]["message"].value)
    assert events[str(DAYS[2])]["vintage"].value == str(DAYS[1])
    assert events[str(DAYS[2])]["vintage_age_days"].value == 1
    assert [day for day in DAYS if "gate" in events[str(day)]] == DAYS[-1:]
    assert "tiny: 5 of 5 days, to 2026-11-22: quarantined 2, no_vintage 1, fetched 1, unchanged 1" in told
    # What is said of one bad day is not said again of the next.
    assert sum("quarantined. " in line for line in told) == 1


@pytest.fixture
def own_home(home: Home, tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A state folder as `ready` makes it, without dbt and the generated files, which belong to the checkout."""
    with monkeypatch.context() as patch:
        for name in ("DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE", "DBT_PROFILES_DIR", "DO_NOT_TRACK",
                     "DBT_SEND_ANONYMOUS_USAGE_STATS", "PATH"):  # fmt: skip
            patch.setenv(name, os.environ.get(name, ""))
        setup.use_environment(home)
        patch.setattr(refreshing, "ready", lambda: home)
        patch.setattr(partitions, "DAYS_PER_RUN", 2)
        declarations = {"tiny": publish_on(home, tiny, d3=csv_of(FRA=1), d1=csv_of(FRA=2))}
        patch.setattr(refreshing, "get_declaration", declarations.__getitem__)
        for module in (refreshing, sources, landed):
            patch.setattr(module, "load_declarations", lambda: declarations)
        yield home


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Home]:
    """The builds asked for; none is made, and one is there."""
    asked: list[Home] = []
    there = {"build_id": "there", "inputs_key": "of other inputs", "known_at": "2026-11-22", "tables": {}}
    monkeypatch.setattr(refreshing.builds, "current", lambda _home: there)
    monkeypatch.setattr(refreshing, "_build", lambda _, home: asked.append(home))
    return asked


def recorded(home: Home) -> tuple[list[str], set[str], str | None]:
    """Return the first days of the load runs, the days materialised, and the newest day Dagster shows."""
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        runs = instance.get_runs(ascending=True)
        assert {run.status for run in runs} == {dg.DagsterRunStatus.SUCCESS}
        newest = instance.get_latest_materialization_event(TINY)
        assert newest is not None
        assert newest.asset_materialization is not None
        starts = [run.tags.get(ASSET_PARTITION_RANGE_START_TAG) or run.tags["dagster/partition"] for run in runs]
        return starts, set(instance.get_materialized_partitions(TINY)), newest.asset_materialization.partition


def test_a_backfill_is_recorded_day_by_day_and_built_once(
    own_home: Home, made: list[Home], capsys: pytest.CaptureFixture[str]
) -> None:
    assert refreshing.refresh(DAYS, ["tiny", "tiny"], strict=True) == refreshing.PUBLISHED
    starts, days, newest = recorded(own_home)
    assert starts == [str(DAYS[0]), str(DAYS[2]), str(DAYS[4])]
    assert days == {str(day) for day in DAYS}
    assert newest == str(TODAY)
    assert made == [own_home]
    said = capsys.readouterr()
    lines = [line.split() for line in said.out.splitlines()]
    assert ["source", "vintages", "days"] in lines
    assert ["tiny", "2", "2", "fetched,", "2", "unchanged,", "1", "no_vintage"] in lines
    assert len(said.err.splitlines()) < 10


def test_a_backfill_with_a_bad_day_is_degraded_and_says_why(
    own_home: Home, made: list[Home], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_on(DAYS[1], ZeroDivisionError("by zero"), monkeypatch)
    assert refreshing.refresh(DAYS, ["tiny", "tiny"], strict=True) == refreshing.DEGRADED
    assert f"tiny failed, last on {DAYS[1]}: ZeroDivisionError: by zero" in capsys.readouterr().out
    assert made == [own_home]


def fail_on(bad: date, error: BaseException, patch: pytest.MonkeyPatch) -> None:
    """Let the load of a day end in an error nobody foresaw."""
    load = loading.load

    def fails(home: Home, ops: Ops, declaration: Declaration, day: date) -> loading.Load:
        if day == bad:
            raise error
        return load(home, ops, declaration, day)

    patch.setattr(loading, "load", fails)


def test_an_interrupted_backfill_goes_on(own_home: Home, made: list[Home], monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        fail_on(DAYS[3], DagsterExecutionInterruptedError(), patch)
        with pytest.raises(KeyboardInterrupt):
            refreshing.refresh(DAYS, [], strict=False)
    assert made == []
    assert refreshing.refresh(DAYS, [], strict=True) == refreshing.PUBLISHED
    assert made == [own_home]


def test_every_model_and_seed_waits_for_landing(refreshed: Refreshed) -> None:
    models = dbt_models(Home(refreshed.project.home))
    roots = {key for key, deps in models.asset_deps.items() if not deps & models.keys}
    assert all(models.asset_deps[key] == {landed.LANDED} for key in roots)


def test_a_build_that_is_published_is_reported_without_being_made(
    refreshed: Refreshed, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(refreshed.project.home)
    for name in ("ATLAS_HOME", "PATH"):
        monkeypatch.setenv(name, refreshed.project.environment[name])
    before = builds.current(home)
    models = dbt_models(home)
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [models, published_asset(list(models.keys))], instance=instance, resources={"dbt": dbt_resource()}
        )
    assert result.success
    assert {event.asset_key for event in result.asset_materializations_for_node("dbt_models")} == models.keys
    (event,) = result.asset_materializations_for_node("published")
    assert event.metadata["is_changed"].value is False
    assert builds.current(home) == before
