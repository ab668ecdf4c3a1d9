"""The whole history, launched as the Dagster UI does it, killed twice, completed, and the same as undisturbed."""

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.clock import FIRST_DAY
from orchestration.partitions import DAYS_PER_RUN
from orchestration.runs import PID_TAG
from tests.dev_server import Server, serving
from tests.pipeline import facts, make_project

pytestmark = pytest.mark.slow
DEADLINE_SECONDS = 600
LAUNCH = """
mutation($launched: LaunchBackfillParams!) {launchPartitionBackfill(backfillParams: $launched) {
  ... on LaunchBackfillSuccess {backfillId} ... on PythonError {message}}}"""
STATE = """
query($id: String!) {partitionBackfillOrError(backfillId: $id) {... on PartitionBackfill {status
  assetBackfillData {assetBackfillStatuses {
    ... on AssetPartitionsStatusCounts {assetKey {path} numPartitionsTargeted numPartitionsMaterialized}
    ... on UnpartitionedAssetStatus {assetKey {path} materialized}}}}}}"""
ASSETS = "{assetNodes {assetKey {path} isPartitioned partitionKeys}}"
DAY = """
query($partition: String!) {assetNodeOrError(assetKey: {path: ["cloud_regions"]}) {... on AssetNode {
  assetMaterializations(partitions: [$partition], limit: 1) {metadataEntries {
    label ... on TextMetadataEntry {text}}}}}}"""


@dataclass(frozen=True)
class Backfill:
    """A backfill of every asset over every day."""

    id: str
    days: list[str]

    @classmethod
    def launch(cls, server: Server) -> "Backfill":
        assets = server.ask(ASSETS)["assetNodes"]
        days = next(asset["partitionKeys"] for asset in assets if asset["isPartitioned"])
        launched = {"assetSelection": [asset["assetKey"] for asset in assets], "partitionNames": days}
        return cls(server.ask(LAUNCH, launched=launched)["launchPartitionBackfill"]["backfillId"], days)

    def state(self, server: Server) -> dict[str, Any]:
        return server.ask(STATE, id=self.id)["partitionBackfillOrError"]


def wait(what: str, reached: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not (found := reached()):
        assert time.monotonic() < deadline, f"{what} was never reached"
        time.sleep(0.1)
    return found


def at_work(server: Server, after: int) -> int | None:
    """Return the process of a run with the first of its sources loaded, once so many runs have ended well."""
    runs = server.runs(20)
    done = sum(run["status"] == "SUCCESS" for run in runs)
    workers = [int(run["tags"][PID_TAG]) for run in runs
               if run["status"] == "STARTED" and PID_TAG in run["tags"] and run["stats"]["stepsSucceeded"]]  # fmt: skip
    return workers[0] if workers and done >= after else None


def test_a_backfill_of_all_days_that_is_killed_twice_ends_as_the_undisturbed_one(
    tmp_path: Path, record_property: Callable[[str, object], None]
):
    def took(what: str, since: float) -> None:
        seconds = round(time.monotonic() - since)
        record_property(what, seconds)
        sys.stdout.write(f"\n{what}: {seconds} s")

    today = datetime.now(UTC).date()
    n_days = (today - FIRST_DAY).days + 1
    n_runs = -(-n_days // DAYS_PER_RUN)
    project = replace(make_project(tmp_path / "killed"), now=str(today))
    start = time.monotonic()
    with serving(project, clock=True) as server:
        backfill = Backfill.launch(server)
        assert (backfill.days[0], backfill.days[-1]) == (str(FIRST_DAY), str(today))
        # At once: a run of a year of days is over in seconds.
        os.kill(wait("the second run", lambda: at_work(server, after=1)), signal.SIGKILL)
        wait("the third run", lambda: at_work(server, after=2))
        server.kill()
    with serving(project, clock=True) as server:
        # Nobody asks for it again: the backfill and its runs go on by themselves.
        wait("the end", lambda: backfill.state(server)["status"] != "REQUESTED")
        state, runs = backfill.state(server), server.runs(20)
        shown = {day: status_of(server, day) for day in (backfill.days[0], backfill.days[-1])}
    took(f"{n_days} days killed twice", start)
    assert state["status"] == "COMPLETED_SUCCESS"
    for asset in state["assetBackfillData"]["assetBackfillStatuses"]:
        assert asset.get("numPartitionsMaterialized", n_days) == n_days, asset
        assert asset.get("materialized", True), asset
    statuses = [run["status"] for run in runs]
    assert statuses.count("FAILURE") == 2
    assert statuses.count("SUCCESS") == n_runs + 1, "one run per few hundred days, then one of dbt and publishing"
    assert shown[backfill.days[0]] == "no_vintage"
    # The killed run may have fetched what the next one finds unchanged.
    assert shown[backfill.days[-1]] in ("fetched", "unchanged")

    other = replace(make_project(tmp_path / "undisturbed"), now=str(today))
    start = time.monotonic()
    done = other.atlas("backfill", "--from", str(FIRST_DAY))
    took(f"{n_days} days by `atlas backfill`", start)
    assert done.returncode == 0, done.stderr
    assert facts(project) == facts(other)


def status_of(server: Server, day: str) -> str:
    """Return the status the asset page shows for a day of a source."""
    (newest,) = server.ask(DAY, partition=day)["assetNodeOrError"]["assetMaterializations"]
    return {entry["label"]: entry.get("text") for entry in newest["metadataEntries"]}["status"]
