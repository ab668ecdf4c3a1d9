"""A full disk ends in one message, and the same command completes the work once there is room."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.errors import DISK_FULL
from tests.fixtures.published import good_rows
from tests.pipeline import facts, make_project
from tests.web import running, serve_good, serve_rows

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root"),
]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=True)
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def resize(disk: Path, size: str) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(disk)], check=True)


def test_each_shortage_is_one_message_and_nothing_is_lost(small_disk: Path, tmp_path: Path):
    project = replace(make_project(tmp_path / "made"), home=small_disk / "home")
    for size in ("1m", "3m", "6m", "10m", "14m"):
        resize(small_disk, size)
        done = project.atlas("refresh")
        if done.returncode == 0:
            continue
        assert done.returncode == 1, (size, done.returncode, done.stderr)
        assert "Traceback" not in done.stdout + done.stderr, (size, done.stderr)
        assert any(word in (done.stdout + done.stderr).lower() for word in ("space", "disk", "full")), (
            size,
            done.stderr,
        )
        assert not (project.home / "published" / "current").exists()
    resize(small_disk, "400m")
    done = project.atlas("refresh")
    assert done.returncode == 0, done.stderr
    answer = project.atlas("query", "select count(*) as n from dim_country", "--format", "csv")
    assert int(answer.stdout.split()[1]) > 200


def test_a_disk_that_fills_up_leaves_the_last_build_served(small_disk: Path, tmp_path: Path):
    with running() as web:
        serve_good(web)
        project = replace(make_project(tmp_path / "made"), home=small_disk / "home", mirror=web.address)
        resize(small_disk, "400m")
        done = project.atlas("refresh")
        assert done.returncode == 0, done.stdout + done.stderr
        before = facts(project)
        figure, source_id = "Total electricity", "owid_electricity_generation"
        serve_rows(web, source_id, [row | {figure: row[figure] + 1} for row in good_rows(source_id)])
        next_day = replace(project, now="2026-11-23")
        for room in (0, 100_000, 1_000_000, 4_000_000):
            filler = fill(small_disk, room)
            done = next_day.atlas("refresh")
            said = done.stdout + done.stderr
            assert done.returncode == 1, (room, said)
            assert "Traceback" not in said, (room, said)
            assert sum(DISK_FULL in line for line in " ".join(said.split()).split("atlas:")) <= 1
            assert "full" in said.lower() or "space" in said.lower(), (room, said)
            assert facts(project) == before
            answer = project.atlas("query", "select count(*) as n from mart_country_power", "--format", "csv")
            assert int(answer.stdout.split()[1]) > 5000, answer.stderr
            filler.unlink()
        done = next_day.atlas("refresh")
        assert done.returncode == 0, done.stdout + done.stderr
        assert facts(next_day) != before


def fill(disk: Path, room: int) -> Path:
    """Take all space of the disk but so many bytes."""
    free = os.statvfs(disk)
    filler = disk / "filler"
    filler.write_bytes(bytes(max(free.f_bavail * free.f_frsize - room, 0)))
    return filler
