"""Two hundred builds are published while readers ask without pause: none fails, and none sees parts of two builds."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations import marts
from ingest.home import PROJECT_ROOT, Home
from ingest.ops import Ops
from orchestration import postgres
from orchestration.postgres_address import target
from tests.conftest import Tiny
from tests.postgres_server import postgres_server
from tests.readers import N_ROWS
from tests.superset_site import OWNER, READER, Site
from tests.tiny_build import Build

pytestmark = pytest.mark.slow
N_BUILDS = 200


@contextmanager
def reading(kinds: list[tuple[str, str]], stop: Path, environment: dict[str, str]) -> Iterator[list[dict[str, Any]]]:
    """Run readers until the end of the block; what they tell is in the list afterwards."""
    told: list[dict[str, Any]] = []
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.readers", kind, where, str(stop)], cwd=PROJECT_ROOT,
            env=os.environ | environment, stdout=subprocess.PIPE, text=True,
        )
        for kind, where in kinds
    ]  # fmt: skip
    try:
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "reading\n", "a reader could not begin"
        yield told
        stop.touch()
        told += [json.loads(worker.communicate(timeout=120)[0]) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait(timeout=30)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with postgres_server() as server:
        server.follow_recipe(OWNER, READER)
        yield Site(tmp_path, server)


def number(build: Build, n: int) -> None:
    """Let every row of both marts hold a number."""
    with duckdb.connect(str(build.home.build_db)) as con:
        con.execute("truncate marts.mart_tiny")
        con.execute("insert into marts.mart_tiny select ?, i::varchar from range(?) as t(i)", [n, N_ROWS])
        con.execute("update marts.ref_table_licence set attribution = ?", [str(n)])


def test_no_reader_fails_or_sees_two_builds_while_two_hundred_are_published(
    site: Site, home: Home, ops: Ops, tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marts, "check_marts", lambda _con: [])
    monkeypatch.setenv("ATLAS_POSTGRES_URL", site.owner_address)
    build = Build(home, ops, tiny)

    def publish(n: int) -> None:
        number(build, n)
        monkeypatch.setenv("ATLAS_NOW", f"2026-11-22T{n // 60:02}:{n % 60:02}")
        build.publish()
        assert postgres.load(home, target()).is_changed

    publish(1)
    # Superset is made ready only where this mart is, which the small build lacks; nobody here reads it.
    with site.database.connect("atlas", "atlas", OWNER) as con:
        con.execute("create table marts.mart_country_profile ()")
        con.execute("grant select on marts.mart_country_profile to atlas_reader")
    done = site.make("superset-import")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    files = str(home.published)
    kinds = [("duckdb", files)] * 2 + [("parquet", files)] + [("postgres", site.reader_address)] * 2
    kinds += [("repeatable", site.reader_address)] + [("superset", site.address)] * 2
    with site.serving(), reading(kinds, tmp_path / "stop", site.environment()) as told:
        for n in range(2, N_BUILDS + 1):
            publish(n)
    print(json.dumps(told, indent=1))
    assert [reader["failed"] for reader in told] == [[]] * 8
    assert [reader["torn"] for reader in told] == [[]] * 8
    assert [reader for reader in told if reader["builds"] < N_BUILDS // 10] == []
