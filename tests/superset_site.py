"""Superset as the commands of docs/bi.md make it, in front of a PostgreSQL server of the tests' own."""

import contextlib
import os
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.home import PROJECT_ROOT
from tests.dev_server import free_port
from tests.postgres_server import PostgresServer
from tests.processes import running

INSTALL_SECONDS = 600
START_SECONDS = 240
OWNER, READER, ADMIN = "of-the-owner-1", "of-the-reader-1", "of-the-admin-1"
# As the machine is set up, before the tests' own settings.
NOT_PASSED_ON = ("ATLAS_", "DAGSTER_", "DBT_", "PG", "PYTHON", "SUPERSET", "VIRTUAL_ENV", "MAKE", "MFLAGS")
MACHINE = {name: value for name, value in os.environ.items() if not name.startswith(NOT_PASSED_ON)}


@dataclass
class Site:
    """An installation of Superset beside a server that holds a small build of fixtures."""

    folder: Path
    database: PostgresServer
    port: int = field(default_factory=free_port)
    said: str = ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def owner_address(self) -> str:
        return self.database.address("atlas", "atlas", OWNER)

    @property
    def reader_address(self) -> str:
        return self.database.address("atlas", "bi_tool", READER)

    @property
    def state(self) -> Path:
        return self.folder / "home" / "superset"

    def environment(self, **changed: str) -> dict[str, str]:
        reader = {"PGHOST": "127.0.0.1", "PGPORT": str(self.database.port), "PGDATABASE": "atlas", "PGUSER": "bi_tool",
                  "PGPASSWORD": READER, "ATLAS_SUPERSET_PASSWORD": ADMIN}  # fmt: skip
        return MACHINE | reader | {"ATLAS_HOME": str(self.folder / "home")} | changed

    def command(self, target: str) -> list[str]:
        return ["make", target, f"SUPERSET_PORT={self.port}"]

    def make(self, target: str, **changed: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.command(target), cwd=PROJECT_ROOT, env=self.environment(**changed), capture_output=True, text=True,
            check=False, timeout=INSTALL_SECONDS,
        )  # fmt: skip
        self.said += done.stdout + done.stderr
        return done

    def ids(self) -> dict[int, str]:
        """Return the names of the charts by Superset's own ids."""
        with sqlite3.connect(self.state / "superset.db") as con:
            return dict(con.execute("select id, slice_name from slices"))

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return what was imported, without the moments at which."""
        columns = {
            "dbs": "id, uuid, database_name, sqlalchemy_uri, password, extra",
            "tables": "id, uuid, table_name, sql, description",
            "table_columns": "id, uuid, table_id, column_name, type, description, verbose_name",
            "slices": "id, uuid, slice_name, viz_type, params",
            "dashboards": "id, uuid, slug, position_json, json_metadata",
            "dashboard_slices": "dashboard_id, slice_id",
        }
        with sqlite3.connect(self.state / "superset.db") as con:
            return {name: con.execute(f"select {told} from {name} order by 1, 2").fetchall()
                    for name, told in columns.items()}  # fmt: skip

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        """Run `make superset` until the end of the block."""
        told = self.folder / "served"
        with (
            told.open("wb") as log,
            running(self.command("superset"), PROJECT_ROOT, self.environment(), log=log) as worker,
        ):
            deadline = time.monotonic() + START_SECONDS
            while not self.is_up():
                assert worker.poll() is None, told.read_text()
                assert time.monotonic() < deadline, "Superset did not answer"
                time.sleep(0.5)
            yield
        self.said += told.read_text()

    def is_up(self) -> bool:
        try:
            return urllib.request.urlopen(f"{self.address}/health", timeout=5).status == 200
        except OSError:
            return False
