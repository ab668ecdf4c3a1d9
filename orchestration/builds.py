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
NEEDED = ("build_id", "inputs_key", "known_at", "tables")


def current(home: Home) -> dict[str, Any] | None:
    """Return the manifest of the build in force, or None where there is none or it is damaged."""
    return whole(home.published / "current") if (home.published / "atlas.duckdb").exists() else None


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
        release(home)
        put_in_force(home, found[-1])
    return bool(found)


def kept(home: Home) -> list[dict[str, Any]]:
    """Return the manifests of all builds that are kept and whole, in the order in which they were made."""
    found = [whole(folder) for folder in _folders(home)]
    return [manifest for manifest in found if manifest is not None]


def put_in_force(home: Home, build_id: str) -> None:
    """Let readers have a build from now on; a reader that holds another one keeps it. Raises UsageError."""
    for link in (home.published / "atlas.duckdb", home.published / "current"):
        if link.exists() and not link.is_symlink():
            raise UsageError(f"{link} must be a link to a build, and is none. Move it away, then run this again.")
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
    # First the note, which means nothing until the link names its build: a kill between leaves the old state.
    still_held = [in_force["build_id"]] if held_since(home) else []
    note = {"build_ids": [wanted, *still_held], "since": clock.now()}
    archive.write_whole(_hold(home), json.dumps(note, default=str).encode())
    put_in_force(home, wanted)
    manifest = current(home)
    assert manifest is not None  # noqa: S101  # its manifest was read above
    return manifest


def held_since(home: Home) -> str | None:
    """Return since when the build in force is held by a rollback, or None: then the next build replaces it."""
    manifest = current(home)
    try:
        hold = json.loads(_hold(home).read_text())
        return str(hold["since"]) if manifest and manifest["build_id"] in hold["build_ids"] else None
    except (FileNotFoundError, ValueError, KeyError, TypeError):  # a note that cannot be read holds nothing
        return None


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


def prune(home: Home, keep: int, before: str | None) -> None:
    """Remove all but the newest builds. The one in force stays, and the one before it, which readers may still hold."""
    spared = {(home.published / "current").readlink().name, before}
    for old in _folders(home)[:-keep]:
        if old.name not in spared:
            shutil.rmtree(old, ignore_errors=True)


def _folders(home: Home) -> list[Path]:
    """Return the builds in the order in which they were written: their names follow a clock that can be set back."""
    found = [path for path in (home.published / "builds").iterdir() if path.is_dir() and not path.name.startswith(".")]
    return sorted(found, key=_written)


def _written(folder: Path) -> tuple[int, str]:
    manifest = folder / "manifest.json"
    return (manifest.stat().st_mtime_ns if manifest.exists() else 0, folder.name)


def whole(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a build that readers can open, else None; the next refresh makes another."""
    import duckdb

    try:
        manifest = json.loads((folder / "manifest.json").read_text())
        duckdb.connect(str((folder / "atlas.duckdb").resolve(strict=True)), read_only=True).close()
    except (OSError, ValueError, duckdb.Error):
        return None
    return manifest if isinstance(manifest, dict) and all(name in manifest for name in NEEDED) else None


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
