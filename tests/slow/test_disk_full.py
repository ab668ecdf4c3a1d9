"""A full disk ends in one message, and the same command completes the work once there is room."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.slow.test_kills import make_project

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
