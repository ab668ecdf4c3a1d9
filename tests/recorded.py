"""Real answers of publishers, recorded once, and a build made of them. They are not part of the project."""

import contextlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from ingest.declaration import get_declaration
from ingest.home import PROJECT_ROOT
from ingest.transport_declaration import HttpTransport
from tests.dev_server import free_port

SHARED = PROJECT_ROOT.parent / "shared"
RECORDED = SHARED / "recorded"
EPOCH_VINTAGES = ("2025-12-11", "2026-05-23")
DAYS = ("2026-07-10", "2026-11-20")


@contextlib.contextmanager
def replaying(today: str) -> Iterator[str]:
    """Serve the recordings that were current on a day; give the mirror's address."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, str(SHARED / "tools" / "replay_server.py"), "--port", str(port), "--today", today],
        stdout=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 20
        while True:
            assert server.poll() is None, "the replay server ended"
            assert time.monotonic() < deadline, "the replay server did not start"
            try:
                urllib.request.urlopen(address, timeout=1)
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def as_asked(source_id: str, file: Path) -> dict[str, bytes]:
    """Return a recorded answer as one vintage of its source: GDELT's as one quarter of a day, the others empty."""
    if source_id != "gdelt_doc":
        return {file.name: file.read_bytes()}
    transport = get_declaration(source_id).transport
    assert isinstance(transport, HttpTransport)
    first, *others = transport.files
    return {first: file.read_bytes()} | dict.fromkeys(others, b"{}")


@dataclass(frozen=True)
class RecordedBuild:
    """A state folder built of the recordings, with packages from the package index this machine is set up with."""

    home: Path

    @property
    def published(self) -> Path:
        """The published file."""
        return (self.home / "published" / "atlas.duckdb").resolve()

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the answer of the published file, with plain names as `atlas query` takes them."""
        with duckdb.connect(str(self.published), read_only=True) as con:
            con.execute("set search_path = 'marts,core,ops'")
            return con.sql(sql).fetchall()

    def atlas(self, *arguments: str, now: str = DAYS[-1], mirror: str | None = None) -> str:
        """Run the command, which has to succeed; return what it prints."""
        own_names = ("ATLAS_", "DAGSTER_", "DBT_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(own_names)}
        own = {"ATLAS_HOME": str(self.home), "ATLAS_NOW": now, "COLUMNS": "200"}
        done = subprocess.run(
            [sys.executable, "-m", "orchestration.cli", *arguments], cwd=PROJECT_ROOT, capture_output=True, text=True,
            env=kept | own | ({"ATLAS_MIRROR": mirror} if mirror else {}), check=False, timeout=900,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout


def build(home: Path) -> RecordedBuild:
    """Import the archived vintages of Epoch AI, then refresh on each of the recorded days."""
    made = RecordedBuild(home)
    for day in EPOCH_VINTAGES:
        sites, states = (
            str(RECORDED / "files" / "epoch" / f"{day}__{name}")
            for name in ("data_centers.csv", "data_center_timelines.csv")
        )
        made.atlas("import", "epoch_data_centers", sites, states, "--day", day)
        made.atlas("import", "epoch_data_center_timelines", states, "--day", day)
    for day in DAYS:
        with replaying(day) as address:
            made.atlas("refresh", now=day, mirror=address)
    return made
