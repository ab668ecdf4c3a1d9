"""A PostgreSQL server of the tests' own: on loopback, with passwords, gone at the end of the block."""

import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from ingest.home import PROJECT_ROOT
from tests.dev_server import free_port

# Where Debian's package `postgresql` puts the programs of each version.
PROGRAMS = Path("/usr/lib/postgresql")
HOST = "127.0.0.1"


@dataclass
class PostgresServer:
    """A running server. `password` is that of its superuser `postgres`."""

    folder: Path
    bin: Path
    port: int = field(default_factory=free_port)
    password: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    worker: subprocess.Popen[bytes] | None = None

    def address(self, database: str = "postgres", user: str = "postgres", password: str | None = None) -> str:
        """Return an address with a password in it; that of the superuser if none is given. "" is none."""
        secret = self.password if password is None else password
        told = f":{quote(secret, safe='')}" if secret else ""
        return f"postgresql://{quote(user, safe='')}{told}@{HOST}:{self.port}/{quote(database, safe='')}"

    def connect(
        self, database: str = "postgres", user: str = "postgres", password: str | None = None
    ) -> "psycopg.Connection[Any]":
        """Connect, each statement a transaction of its own."""
        return psycopg.connect(self.address(database, user, password), autocommit=True, connect_timeout=10)

    def run(self, *statements: LiteralString, database: str = "postgres") -> None:
        """Run statements as the superuser."""
        with self.connect(database) as con:
            for statement in statements:
                con.execute(statement)

    def follow_recipe(self, owner_password: str, reader_password: str) -> None:
        """Make database, owner and reader by the statements of docs/bi.md, and give both passwords."""
        anywhere, there = recipe()
        self.run(*anywhere)  # ty: ignore[invalid-argument-type]
        self.run(*there, database="atlas")  # ty: ignore[invalid-argument-type]
        with self.connect() as con:
            for role, password in (("atlas", owner_password), ("bi_tool", reader_password)):
                con.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password)))

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = {"listen_addresses": HOST, "port": self.port, "unix_socket_directories": self.folder, "fsync": "off"}
        command = [self.bin / "postgres", "-D", self.folder / "data"]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("ab") as log:
            # It ends with the process of the tests, even where that is killed.
            self.worker = subprocess.Popen(_as_owner("--pdeathsig", "INT", *command), cwd=self.folder, stderr=log)
        deadline = time.monotonic() + 60
        while True:
            try:
                return self.connect().close()
            except psycopg.OperationalError:
                assert self.worker.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < deadline, "the server did not answer"
                time.sleep(0.05)

    def stop(self) -> None:
        """End all connections and the server."""
        if self.worker is None:
            return
        self.worker.send_signal(signal.SIGINT)
        try:
            self.worker.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.worker.send_signal(signal.SIGQUIT)
            self.worker.wait(timeout=30)
        self.worker = None


def recipe() -> list[list[str]]:
    """Return the statements of the recipe in docs/bi.md: of any database, and of the one it makes."""
    text = (PROJECT_ROOT / "docs" / "bi.md").read_text(encoding="utf-8").split("\n## PostgreSQL\n")[1].split("\n## ")[0]
    return [
        [statement.strip() for statement in block.split(";") if statement.strip()]
        for block in re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    ]


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Run a new, empty server until the end of the block. Skips the test where none is installed."""
    found = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    # Not below pytest's own folder: that is closed to the user the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="atlas-postgres-"))
    server = PostgresServer(folder, found[-1].parent)
    try:
        secret = folder / "password"
        secret.write_text(server.password)
        if os.geteuid() == 0:
            for path in (folder, secret):
                shutil.chown(path, "postgres")
        subprocess.run(
            _as_owner(
                found[-1], "--pgdata", folder / "data", "--username", "postgres", "--pwfile", secret, "--no-sync",
                "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8",
            ),
            cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _as_owner(*command: object) -> list[str]:
    """Return the command as the user `postgres` where this is root, whom the server refuses."""
    who = ["--reuid", "postgres", "--regid", "postgres", "--init-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *who, *map(str, command)]
