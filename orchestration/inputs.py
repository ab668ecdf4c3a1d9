"""What a build is made of, and the key that tells two builds apart.

The same key means the same marts: a refresh that finds the published build under its key has nothing to do.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from ingest import archive, clock
from ingest.declaration import Declaration
from ingest.home import PROJECT_ROOT, Home
from ingest.ops import GOOD, Ops

CODE = ("ingest/**/*.py", "ingest/**/*.yml", "ingest/*.csv", "expectations/**/*.py", "orchestration/**/*.py",
        "dbt_project/*.yml", "dbt_project/models/**/*", "dbt_project/macros/**/*", "dbt_project/seeds/**/*",
        "dbt_project/tests/**/*")  # fmt: skip


@dataclass(frozen=True)
class Inputs:
    """The inputs of a build. `vintages` has one entry per accepted vintage."""

    known_at: date
    code_version: str
    vintages: tuple[dict[str, Any], ...]
    calendar_sha256: str

    @property
    def key(self) -> str:
        """Return the 64 hex digits that name these inputs."""
        return archive.sha256(json.dumps(asdict(self), default=str, sort_keys=True).encode())


@lru_cache
def code_version(root: Path = PROJECT_ROOT) -> str:
    """Return a hash of the code that turns bytes into marts, the same with or without version control."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in CODE for path in root.glob(pattern) if path.is_file()}):
        digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def collect(ops: Ops, declarations: Mapping[str, Declaration]) -> Inputs:
    """Return the inputs as they stand now, for the clock of today."""
    known_at = clock.today()
    vintages = [
        {
            "source_id": vintage.source_id, "known_at": vintage.known_at, "content_sha256": vintage.content_sha256,
            "parse_key": vintage.parse_key, "n_rows": vintage.n_rows,
        }
        for source_id in declarations
        for vintage in ops.vintages(source_id, known_at)
        if vintage.is_accepted
    ]  # fmt: skip
    calendar = [
        (
            row["source_id"],
            row["day"],
            "good" if row["status"] in GOOD else row["status"],
            row["content_sha256"],
            row["message"],
        )
        for row in sorted(ops.table("calendar").rows(named=True), key=lambda row: (row["source_id"], row["day"]))
        if row["source_id"] in declarations
    ]
    digest = archive.sha256(json.dumps(calendar, default=str).encode())
    return Inputs(known_at, code_version(), tuple(vintages), digest)


def _path(home: Home) -> Path:
    return home.build_db.with_name("inputs.json")


def record(home: Home, inputs: Inputs) -> None:
    """Note what the build file holds now. Written after it was filled, removed before it is changed."""
    told = {**asdict(inputs), "key": inputs.key, "recorded_at": clock.now()}
    archive.write_whole(_path(home), json.dumps(told, default=str).encode())


def forget(home: Home) -> None:
    """Note that the build file is being changed."""
    _path(home).unlink(missing_ok=True)


def recorded(home: Home) -> dict[str, Any] | None:
    """Return what the build file holds, or None where that is not known."""
    path = _path(home)
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, ValueError):  # a file cut short tells as little as none
        return None
