"""Seven days of the Global Knowledge Graph, killed on the way and resumed: no finished file is asked for twice."""

import os
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from ingest.declaration import get_declaration
from ingest.home import PROJECT_ROOT, open_home
from ingest.ops import Ops
from ingest.warehouse import source_table
from tests import gkg_files as gkg
from tests.processes import kill_when
from tests.web import Web

pytestmark = pytest.mark.slow
DAYS = [date(2026, 1, 5) + timedelta(days=number) for number in range(7)]
DEADLINE_SECONDS = 240
# What `atlas backfill` does of one source, without building the marts after it.
BACKFILL = """
import sys
from datetime import date, timedelta
from ingest import load
from ingest.declaration import get_declaration
from ingest.home import open_home, writer_lock
from ingest.ops import Ops
home = open_home()
days = [date.fromisoformat(sys.argv[1]) + timedelta(days=number) for number in range(int(sys.argv[2]))]
with writer_lock(home), Ops(home.ops_db) as ops:
    for done in load.load_days(home, ops, get_declaration("gdelt_gkg"), days):
        print(done.day, done.status, done.message, flush=True)
"""


@pytest.fixture
def served(web: Web) -> Web:
    filling = gkg.pool(1, 20)
    gkg.serve(web, {name: raw for day in DAYS for name, raw in gkg.a_day(day, filling=filling).items()})
    return web


def start(home: Path, web: Web) -> subprocess.Popen[str]:
    environment = {**os.environ, "ATLAS_HOME": str(home), "ATLAS_MIRROR": web.address, "ATLAS_GDELT_GKG": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", BACKFILL, str(DAYS[0]), str(len(DAYS))], cwd=PROJECT_ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def finish(worker: subprocess.Popen[str]) -> list[str]:
    told, _ = worker.communicate(timeout=DEADLINE_SECONDS)
    assert worker.returncode == 0
    return told.splitlines()


def finished(home: Path) -> set[str]:
    """Return the files whose record is kept, or stands in a vintage."""
    kept = {path.name.removesuffix(".ndjson") for path in home.glob("partial/gdelt_gkg-*/*.ndjson")}
    with Ops(home / "ops.sqlite") as ops:
        days = [edition.replace("-", "") for edition in ops.editions("gdelt_gkg")]
    return kept | {name for name in FILE_NAMES if name[:8] in days}


FILE_NAMES = [f"{slot}{stream}.gkg.csv.zip" for day in DAYS for slot in gkg.slot_times(day) for stream in gkg.STREAMS]


def asked(web: Web) -> list[str]:
    return [request.path.rsplit("/", 1)[-1] for request in web.asked]


def landed(home: Path, monkeypatch: pytest.MonkeyPatch) -> pl.DataFrame:
    monkeypatch.setenv("ATLAS_HOME", str(home))
    state = open_home()
    with Ops(state.ops_db) as ops:
        return source_table(state, ops, get_declaration("gdelt_gkg"), DAYS[-1]).sort("item_id")


def test_a_backfill_that_is_killed_three_times_ends_as_the_undisturbed_one_and_asks_for_no_finished_file_again(
    tmp_path: Path, served: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed, disturbed = tmp_path / "undisturbed", tmp_path / "disturbed"
    told = finish(start(undisturbed, served))
    assert told == [f"{day} fetched None" for day in DAYS]
    assert Counter(asked(served)) == Counter([*FILE_NAMES, *gkg.STREAMS.values()])
    for n_asked in (70, 500, 900):
        served.asked.clear()
        before = finished(disturbed) if disturbed.exists() else set()
        n_new = n_asked - len(before)
        kill_when(start(disturbed, served), lambda n_new=n_new: len(served.asked) > n_new)
        assert not before & set(asked(served)), "a finished file was asked for again"
        assert len(before) < len(finished(disturbed)) < len(FILE_NAMES)
    served.asked.clear()
    before = finished(disturbed)
    told = finish(start(disturbed, served))
    assert [line.split(" ", 2)[1] for line in told[-1:]] == ["fetched"]
    assert len(told) == len(DAYS)
    assert not before & set(asked(served))
    assert {*before, *asked(served)} >= set(FILE_NAMES)
    rows = landed(disturbed, monkeypatch)
    assert rows.equals(landed(undisturbed, monkeypatch))
    assert rows.height >= len(FILE_NAMES)
    assert list(disturbed.glob("partial/gdelt_gkg-*")) == []
    for raw in (disturbed / "archive").glob("??/*"):
        assert (undisturbed / "archive" / raw.parent.name / raw.name).read_bytes() == raw.read_bytes()
