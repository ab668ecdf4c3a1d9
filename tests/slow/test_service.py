"""The recipes of docs/service.md: the units' own commands serve, and a backup is restored to the same figures."""

import contextlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from ingest.home import PROJECT_ROOT, Home
from orchestration import builds
from tests.dev_server import Server, free_port
from tests.pipeline import Project, facts, make_project
from tests.processes import running

pytestmark = pytest.mark.slow
PAGE = (PROJECT_ROOT / "docs" / "service.md").read_text(encoding="utf-8")
DEADLINE_SECONDS = 120


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A refreshed copy of the project, set up as the units expect it."""
    project = make_project(tmp_path_factory.mktemp("service"))
    for path in (PROJECT_ROOT / "Makefile", PROJECT_ROOT / "workspace.yaml"):
        (project.root / path.name).symlink_to(path)
    (project.root / ".venv").symlink_to(sys.prefix)
    done = project.atlas("refresh")
    assert done.returncode == 0, done.stdout + done.stderr
    return project


def in_force(project: Project) -> str:
    manifest = builds.current(Home(project.home))
    assert manifest is not None
    return manifest["build_id"]


def units() -> dict[str, str]:
    return dict(re.findall(r"`/etc/systemd/system/([a-z.-]+)`:\n\n```ini\n(.*?)```", PAGE, re.DOTALL))


def setting(unit: str, name: str) -> str:
    (value,) = re.findall(rf"^{name}=(.*)$", unit, re.MULTILINE)
    return value


def placed(project: Project, text: str) -> str:
    """Return text of a unit with the folders of a copy, and a free port."""
    return text.replace("/opt/infra-atlas", str(project.root)).replace("/var/lib/infra-atlas", str(project.home))


@contextmanager
def service(project: Project, unit: str, **changes: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a unit's commands in its environment and nothing else of the tests' but the path."""
    own = dict(pair.split("=", 1) for pair in shlex.split(setting(placed(project, unit), "Environment")))
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(project.root), "ATLAS_NOW": project.now} | own
    command = placed(project, unit)
    for old, new in changes.items():
        command = command.replace(old, new)
    subprocess.run(
        shlex.split(setting(command, "ExecStartPre")), cwd=project.root, env=environment, check=True, timeout=120
    )
    with running(shlex.split(setting(command, "ExecStart")), project.root, environment, sign=signal.SIGTERM) as worker:
        yield worker


def test_the_units_serve_the_ui_and_keep_the_daemon_alive(project: Project) -> None:
    port = free_port()
    webserver, daemon = (units()[f"infra-atlas-{name}.service"] for name in ("webserver", "daemon"))
    assert "--host 127.0.0.1" in webserver
    with (
        service(project, webserver, **{"--port 3000": f"--port {port}"}) as serving,
        service(project, daemon) as ticking,
    ):
        server = Server(f"http://127.0.0.1:{port}", project.home, serving)
        deadline = time.monotonic() + DEADLINE_SECONDS
        healthy: set[str] = set()
        while not {"SCHEDULER", "SENSOR", "QUEUED_RUN_COORDINATOR"} <= healthy:
            assert serving.poll() is None, "the webserver ended"
            assert ticking.poll() is None, "the daemon ended"
            assert time.monotonic() < deadline, f"only healthy: {healthy}"
            time.sleep(1)
            with contextlib.suppress(OSError):
                told = server.ask("{instance {daemonHealth {allDaemonStatuses {daemonType healthy}}}}")
                found = told["instance"]["daemonHealth"]["allDaemonStatuses"]
                healthy = {one["daemonType"] for one in found if one["healthy"]}
        told = server.ask("{repositoriesOrError {... on RepositoryConnection {nodes {schedules {name scheduleState "
                          "{status}}}}}}")  # fmt: skip
        (repository,) = told["repositoriesOrError"]["nodes"]
        assert repository["schedules"] == [{"name": "daily_refresh", "scheduleState": {"status": "RUNNING"}}]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed here")
def test_the_units_are_well_formed(project: Project, tmp_path: Path) -> None:
    for name, unit in units().items():
        path = tmp_path / name
        path.write_text(placed(project, unit).replace("User=atlas", "User=root"))
        done = subprocess.run(
            ["systemd-analyze", "verify", "--recursive-errors=no", str(path)], capture_output=True, text=True,
            check=False, timeout=60,
        )  # fmt: skip
        assert not done.returncode, done.stderr
        assert not [line for line in done.stderr.splitlines() if name in line], done.stderr


def block_with(text: str) -> list[str]:
    """Return the commands of the block that holds a text, without those to systemd."""
    (found,) = [block for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) if text in block]
    return [line for line in found.splitlines() if not line.startswith("systemctl")]


def test_a_backup_is_restored_to_the_same_figures_without_asking_anybody(project: Project) -> None:
    done = project.execute("bash", "-ec", "\n".join(block_with("tar --create")))
    assert done.returncode == 0, done.stderr
    assert (project.root / "infra-atlas.tar.gz").stat().st_mode & 0o777 == 0o600
    restored = replace(project, home=project.home.with_name("restored"))
    shutil.rmtree(restored.wheels)  # what was fetched comes from the backup alone
    *commands, publish = block_with("tar --extract")
    for command in commands:
        done = restored.execute("bash", "-ec", command)
        assert done.returncode == 0, done.stderr
    before = facts(restored)
    assert before == facts(project)
    # All that was left out is built again, and gives the same.
    (restored.home / "published" / "current").unlink()
    shutil.rmtree(restored.home / "published" / "builds")
    done = restored.execute("bash", "-ec", publish)
    assert done.returncode == 0, done.stdout + done.stderr
    assert facts(restored) == before
    assert restored.atlas("rollback").returncode == 2


def test_a_rollback_holds_until_it_is_ended(project: Project) -> None:
    tomorrow = replace(project, now=f"{date.fromisoformat(project.now) + timedelta(days=1)}")
    first = in_force(project)
    assert tomorrow.atlas("refresh").returncode == 0
    second = in_force(project)
    assert second != first
    assert first in tomorrow.atlas("rollback").stdout
    day_after = replace(project, now=f"{date.fromisoformat(project.now) + timedelta(days=2)}")
    done = day_after.atlas("refresh")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "held since" in done.stdout
    assert in_force(project) == first
    done = day_after.atlas("publish")
    assert done.returncode == 0, done.stdout + done.stderr
    assert in_force(project) not in (first, second)
    # Nothing is known then that was not known before: the same build again, at once.
    third = in_force(project)
    assert day_after.atlas("rollback").returncode == 0
    assert in_force(project) == second
    assert day_after.atlas("publish").returncode == 0
    assert in_force(project) == third
