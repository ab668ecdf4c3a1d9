"""The published builds: which are kept, which is in force, and how another is put in force.

Each is a whole folder that is never written again; the build in force is the one a link names, moved in one step.
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from ingest import archive, clock
from ingest.errors import UsageError
from ingest.home import Home, whole_number

KEEP_BUILDS = "ATLAS_KEEP_BUILDS"


def current(home: Home) -> dict[str, Any] | None:
    """Return the manifest of the build in force, or None where there is none."""
    return _manifest(home.published / "current") if (home.published / "atlas.duckdb").exists() else None


def is_published(home: Home, key: str) -> bool:
    """Whether the build in force was made of the inputs of that key."""
    manifest = current(home)
    return manifest is not None and manifest["inputs_key"] == key


def is_due(home: Home, landed: dict[str, Any] | None) -> bool:
    """Whether what has landed is to be built and published: it is not yet, and no rollback holds the build in force."""
    return not (held_since(home) or (landed and is_published(home, landed["key"])))


def reuse(home: Home, key: str) -> bool:
    """Put a kept build of these inputs in force, as after a rollback; return whether there is one."""
    found = [manifest["build_id"] for manifest in kept(home) if manifest["inputs_key"] == key]
    if found:
        put_in_force(home, found[-1])
    return bool(found)


def kept(home: Home) -> list[dict[str, Any]]:
    """Return the manifests of all builds that are kept, in the order in which they were made."""
    found = [_manifest(folder) for folder in _folders(home)]
    return [manifest for manifest in found if manifest is not None]


def put_in_force(home: Home, build_id: str) -> None:
    """Let readers have a build from now on; a reader that holds another one keeps it."""
    _point(home.published / "atlas.duckdb", Path("current") / "atlas.duckdb")
    _point(home.published / "current", Path("builds") / build_id)


def roll_back(home: Home, build_id: str | None) -> dict[str, Any]:
    """Put an earlier build in force and hold it there; return its manifest.

    Without an id it is the one made before the build in force. Raises UsageError where there is no such build.
    """
    in_force, made = current(home), [manifest["build_id"] for manifest in kept(home)]
    if in_force is None:
        raise UsageError("Nothing is published yet, so there is nothing to roll back. Run `atlas refresh`.")
    earlier = made[: made.index(in_force["build_id"])]
    if build_id is None and not earlier:
        raise UsageError(f"There is no build before {in_force['build_id']}, the one in force.")
    wanted = build_id or earlier[-1]
    if wanted not in made:
        raise UsageError(f"There is no build {wanted!r}. Kept are: {', '.join(made)}.")
    # First the note, which means nothing until the link names the same build: a kill between leaves the old state.
    archive.write_whole(_hold(home), json.dumps({"build_id": wanted, "since": clock.now()}, default=str).encode())
    put_in_force(home, wanted)
    manifest = current(home)
    assert manifest is not None  # noqa: S101  # its manifest was read above
    return manifest


def held_since(home: Home) -> str | None:
    """Return since when the build in force is held by a rollback, or None: then the next build replaces it."""
    manifest = current(home)
    try:
        hold = json.loads(_hold(home).read_text())
    except (FileNotFoundError, ValueError):  # a note cut short holds nothing
        return None
    return hold["since"] if manifest and manifest["build_id"] == hold["build_id"] else None


def release(home: Home) -> None:
    """Let the next build replace the one in force."""
    _hold(home).unlink(missing_ok=True)


def sweep(home: Home) -> None:
    """Remove what killed runs left. The writer's lock is held here, so nobody else is writing."""
    for left in (home.published / "builds").glob(".unfinished-*"):
        shutil.rmtree(left, ignore_errors=True)


def builds_to_keep() -> int:
    """Return how many builds retention keeps. Raises UsageError where the setting is no number."""
    return whole_number(KEEP_BUILDS, 7)


def prune(home: Home, keep: int) -> None:
    """Remove all but the newest builds; the one in force stays in any case."""
    in_force = (home.published / "current").readlink().name
    for old in _folders(home)[:-keep]:
        if old.name != in_force:
            shutil.rmtree(old, ignore_errors=True)


def _folders(home: Home) -> list[Path]:
    """Return the builds in the order in which they were written: their names follow a clock that can be set back."""
    found = [path for path in (home.published / "builds").iterdir() if not path.name.startswith(".")]
    return sorted(found, key=_written)


def _written(folder: Path) -> tuple[int, str]:
    manifest = folder / "manifest.json"
    return (manifest.stat().st_mtime_ns if manifest.exists() else 0, folder.name)


def _manifest(folder: Path) -> dict[str, Any] | None:
    try:
        return json.loads((folder / "manifest.json").read_text())
    except (FileNotFoundError, ValueError):  # a build without a whole manifest is none; the next refresh makes one
        return None


def _hold(home: Home) -> Path:
    return home.published / "held.json"


def _point(link: Path, target: Path) -> None:
    """Make `link` point at `target` in one step."""
    if link.is_symlink() and link.readlink() == target:
        return
    beside = link.with_name(f".{link.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.replace(link)
