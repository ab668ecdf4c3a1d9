"""Where state lives: the folders under `$ATLAS_HOME` and the version of their layout."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from ingest import archive
from ingest.errors import LockedError, UsageError, is_full_disk

PROJECT_ROOT = Path(__file__).parent.parent
# Raise this when the layout below or the tables of `ingest.ops` change: older state is then rebuilt from the archive.
STATE_VERSION = 2
# DuckDB, SQLite addresses and shell commands read these in a path as something else.
UNFIT = frozenset("'\"#%?*\n")


@dataclass(frozen=True)
class Home:
    """The folders of one installation. Everything but `archive` and `ops_db` can be rebuilt."""

    root: Path

    @property
    def archive(self) -> Path:
        """Exact bytes of every fetch, named by sha256."""
        return self.root / "archive"

    @property
    def landed(self) -> Path:
        """Accepted vintages as Parquet, one immutable file per distinct content."""
        return self.root / "landed"

    @property
    def quarantine(self) -> Path:
        """Blocked candidates and set-aside rows, with the rule that stopped them."""
        return self.root / "quarantine"

    @property
    def gate_pages(self) -> Path:
        """What the gate said of each content, as pages for people. Made anew by the next load where they are gone."""
        return self.root / "gate"

    @property
    def build_db(self) -> Path:
        """The DuckDB file dbt writes. Only one run opens it; readers use `published`."""
        return self.root / "warehouse" / "build.duckdb"

    @property
    def published(self) -> Path:
        """Finished builds and the link to the one in force."""
        return self.root / "published"

    @property
    def ops_db(self) -> Path:
        """The fetch log, vintages, calendar and check results (SQLite)."""
        return self.root / "ops.sqlite"

    @property
    def dagster(self) -> Path:
        """DAGSTER_HOME."""
        return self.root / "dagster"

    @property
    def partial(self) -> Path:
        """What is read already of a vintage of many files, until the rest has come."""
        return self.root / "partial"

    @property
    def tmp(self) -> Path:
        """Unfinished files, each in a folder named after the process that writes it."""
        return self.root / "tmp"


def whole_number(name: str, default: int) -> int:
    """Return the environment variable as a number of at least 1. Raises UsageError where it is none."""
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdecimal()) or int(text) < 1:
        raise UsageError(f"{name} must be a whole number of at least 1; it is {text!r}.")
    return int(text)


def open_home() -> Home:
    """Return the state folder, made or brought to this version where needed.

    Raises UsageError where it cannot be used, or was written by newer code than this.
    """
    given = os.environ.get("ATLAS_HOME") or str(PROJECT_ROOT / ".atlas")
    if unfit := sorted(set(given) & UNFIT):
        raise UsageError(f"ATLAS_HOME is {given!r}; name a folder without {' '.join(unfit)} in its path.")
    try:
        home = Home(Path(given).expanduser().resolve())
        for folder in (home.archive, home.landed, home.quarantine, home.build_db.parent,
                       home.published / "builds", home.dagster, home.partial, home.tmp):  # fmt: skip
            folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:
        if is_full_disk(error):
            raise
        raise UsageError(
            f"ATLAS_HOME is {given!r}, which cannot hold state ({error}). Name a folder of yours."
        ) from None
    version_file = home.root / "VERSION"
    text = version_file.read_text().strip() if version_file.exists() else ""
    if text and not text.isdecimal():
        raise UsageError(f"{version_file} should hold a number and holds {text[:20]!r}. Restore it from a backup.")
    found = int(text or STATE_VERSION)
    if found > STATE_VERSION:
        raise UsageError(
            f"{home.root} holds state of version {found}; this code knows version {STATE_VERSION}. "
            "Update the code, or point ATLAS_HOME at another folder."
        )
    if found < STATE_VERSION:
        _forget_what_can_be_rebuilt(home)
    if found != STATE_VERSION or not version_file.exists():
        archive.write_whole(version_file, f"{STATE_VERSION}\n".encode())
    return home


def _forget_what_can_be_rebuilt(home: Home) -> None:
    from ingest.ops import Ops

    shutil.rmtree(home.landed)
    home.landed.mkdir()
    home.build_db.unlink(missing_ok=True)
    with Ops(home.ops_db) as ops:
        ops.forget_vintages()


def sweep(home: Home) -> None:
    """Remove what killed processes left unfinished. Other processes may be at work meanwhile."""
    for folder in (home.root, home.archive, home.landed, home.quarantine, home.build_db.parent, home.dagster):
        archive.sweep(folder)
    for left in home.tmp.iterdir():
        if not left.name.isdigit() or not psutil.pid_exists(int(left.name)):
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def scratch(home: Home) -> Generator[Path]:
    """Give a folder of this process for unfinished files, on the same disk."""
    folder = home.tmp / str(os.getpid())
    folder.mkdir(exist_ok=True)
    yield folder


@contextmanager
def writer_lock(home: Home, wait_seconds: float = 0) -> Generator[None]:
    """Hold the lock of the one writer. Raises LockedError, naming the holder, where another run has it."""
    from filelock import FileLock, Timeout

    holder = home.root / "writer.pid"
    # A singleton is reentrant within a process: `atlas refresh` holds the lock over steps that ask for it too.
    lock = FileLock(home.root / "writer.lock", is_singleton=True)
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout:
        who = holder.read_text().strip() if holder.exists() else "unknown"
        raise LockedError(
            f"Another run (process {who}) is writing {home.root}. Wait for it to end, then try again."
        ) from None
    try:
        holder.write_text(str(os.getpid()))
        yield
    finally:
        lock.release()
