"""The archive keeps exact bytes once and never hands out others."""

import os
import subprocess
from datetime import date
from pathlib import Path

import pytest

from ingest import archive
from ingest.errors import AtlasError
from ingest.home import Home, sweep
from ingest.parsing import unpack
from tests.conftest import Tiny, csv_of


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_same_bytes_are_kept_once(home: Home) -> None:
    assert archive.store(home.archive, b"same") == archive.store(home.archive, b"same")
    assert len(files_in(home.archive)) == 1


def test_kept_bytes_come_back(home: Home) -> None:
    assert archive.read(home.archive, archive.store(home.archive, b"bytes")) == b"bytes"


def test_what_a_killed_write_left_is_not_taken_for_content(home: Home) -> None:
    digest = archive.sha256(b"whole")
    target = archive.path_of(home.archive, digest)
    target.parent.mkdir()
    (target.parent / ".unfinished-x").write_bytes(b"who")
    with pytest.raises(AtlasError, match="missing"):
        archive.read(home.archive, digest)
    archive.store(home.archive, b"whole")
    assert archive.read(home.archive, digest) == b"whole"


def test_a_write_that_fails_leaves_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive.os, "fsync", refuse)
    with pytest.raises(OSError, match="No space"):
        archive.store(home.archive, b"bytes")
    assert files_in(home.archive) == []


def test_a_missing_file_is_told(home: Home) -> None:
    with pytest.raises(AtlasError, match="missing.*backup"):
        archive.read(home.archive, "0" * 64)


def test_a_damaged_file_is_told(home: Home) -> None:
    digest = archive.store(home.archive, b"bytes")
    archive.path_of(home.archive, digest).write_bytes(b"other")
    with pytest.raises(AtlasError, match="no longer has its sha256.*backup"):
        archive.read(home.archive, digest)


def test_the_content_hash_does_not_depend_on_the_order_of_files() -> None:
    files = {"b": b"2", "a": b"1"}
    assert archive.content_sha256(files) == archive.content_sha256(dict(sorted(files.items())))


def test_the_content_hash_tells_swapped_files_apart() -> None:
    assert archive.content_sha256({"a": b"1", "b": b"2"}) != archive.content_sha256({"a": b"2", "b": b"1"})


def test_a_new_wheel_around_the_same_data_has_the_same_content_hash(tiny: Tiny) -> None:
    first = tiny.wheel("1.0", date(2026, 1, 1), csv_of(FRA=1))
    second = tiny.wheel("2.0", date(2026, 2, 1), csv_of(FRA=1))
    declaration = tiny.declare_package(first, second)
    assert first.content != second.content
    hashes = {archive.content_sha256(unpack(declaration, wheel.content)) for wheel in (first, second)}
    assert hashes == {archive.sha256(csv_of(FRA=1))}


def test_files_that_killed_processes_left_are_swept_and_others_stay(home: Home) -> None:
    done = subprocess.Popen(["true"])
    done.wait()
    gone, mine = f".unfinished-{done.pid}-x", f".unfinished-{os.getpid()}-x"
    places = [home.root, home.archive / "ab", home.landed / "tiny", home.quarantine / "tiny" / "abc", home.dagster]
    for place in places:
        place.mkdir(parents=True, exist_ok=True)
        for name in (gone, mine, ".unfinished-of-older-code"):
            (place / name).write_bytes(b"who")
    sweep(home)
    left = list(home.root.rglob(".unfinished-*"))
    assert sorted(left) == sorted(place / mine for place in places)
