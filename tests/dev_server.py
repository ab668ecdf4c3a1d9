"""`make dev` in a copy of the project, asked over GraphQL."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.home import PROJECT_ROOT
from tests.pipeline import Project
from tests.processes import running

RUN = """runId status jobName startTime endTime tags {key value}
  stats {... on RunStatsSnapshot {stepsSucceeded}}"""


@dataclass(frozen=True)
class Server:
    """A running `make dev`. Its process is the leader of a group that holds all it starts."""

    address: str
    home: Path
    worker: subprocess.Popen[bytes]

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Return the data of a GraphQL query."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.address}/graphql", body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["data"]

    def runs(self, limit: int = 1) -> list[dict[str, Any]]:
        """Return id, status, job, tags and steps done of the newest runs, the newest first."""
        query = "query($limit: Int) {runsOrError(limit: $limit) {... on Runs {results {" + RUN + "}}}}"
        found = self.ask(query, limit=limit)["runsOrError"]["results"]
        return [run | {"tags": {tag["key"]: tag["value"] for tag in run["tags"]}} for run in found]

    def kill(self) -> None:
        """Kill everything at once, as a machine that loses its power does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.worker.pid, signal.SIGKILL)
        self.worker.wait(timeout=30)


@contextmanager
def serving(project: Project, *, clock: bool = False) -> Iterator[Server]:
    """Run `make dev` until the end of the block; with the clock of the project, or the machine's."""
    for path in (PROJECT_ROOT / "Makefile", PROJECT_ROOT / "workspace.yaml", Path(sys.prefix)):
        link = project.root / (".venv" if path == Path(sys.prefix) else path.name)
        if not link.exists():
            link.symlink_to(path)
    port = free_port()
    left_out = () if clock else ("ATLAS_NOW",)
    environment = {name: value for name, value in project.environment.items() if name not in left_out}
    command = ["make", "dev", f"PORT={port}", "--assume-old=.venv/.installed"]
    with running(command, project.root, environment) as worker:
        server = Server(f"http://127.0.0.1:{port}", project.home, worker)
        deadline = time.monotonic() + 120
        while not _is_up(server):
            assert worker.poll() is None, "make dev ended"
            assert time.monotonic() < deadline, "make dev did not answer"
            time.sleep(0.5)
        yield server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _is_up(server: Server) -> bool:
    try:
        return bool(server.ask("{version}")["version"])
    except OSError:
        return False
