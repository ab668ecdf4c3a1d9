"""What a build is made of, and the key that tells two builds apart.

The same key means the same marts: a refresh that finds the published build under its key has nothing to do.
"""

import hashlib
import importlib.metadata
import json
from calendar import monthrange
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from ingest import archive, clock, known
from ingest.declaration import Declaration
from ingest.home import PROJECT_ROOT, Home
from ingest.ops import GOOD, OBSERVED, Ops

CODE = ("ingest/**/*.py", "ingest/**/*.yml", "ingest/*.csv", "ingest/extraction/**/*.csv", "expectations/**/*.py",
        "orchestration/**/*.py",
        "dbt_project/*.yml", "dbt_project/models/**/*", "dbt_project/macros/**/*", "dbt_project/seeds/**/*",
        "dbt_project/tests/**/*")  # fmt: skip


@dataclass(frozen=True)
class Inputs:
    """The inputs of a build. `vintages` has one entry per vintage that was ever in force.

    `history_keys` names, by the end of each month, all that the figures known on that day are made of: what the marts
    hold for it is a cache of that, to be made anew where the name changes.
    """

    known_at: date
    code_version: str
    vintages: tuple[dict[str, Any], ...]
    calendar_sha256: str
    history_keys: dict[str, str]

    @property
    def key(self) -> str:
        """Return the 64 hex digits that name these inputs."""
        return archive.sha256(json.dumps(asdict(self), default=str, sort_keys=True).encode())


@lru_cache
def code_version(root: Path = PROJECT_ROOT) -> str:
    """Return a hash of the code that turns bytes into marts, the same with or without version control."""
    # The hashes of tables are DuckDB's and may change with it.
    digest = hashlib.sha256(importlib.metadata.version("duckdb").encode())
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
        for vintage, _ in known.in_force_between(known.accepted(ops, source_id, known_at))
    ]  # fmt: skip
    rows = [
        row
        for row in sorted(ops.table("calendar").rows(named=True), key=lambda row: (row["source_id"], row["day"]))
        if row["source_id"] in declarations
    ]
    calendar = [
        (
            row["source_id"],
            row["day"],
            "good" if row["status"] in GOOD else row["status"],
            row["content_sha256"],
            row["message"],
        )
        for row in rows
    ]
    digest = archive.sha256(json.dumps(calendar, default=str).encode())
    dated = {source_id for source_id, declaration in declarations.items() if declaration.items}
    observed = [(row["day"], row["source_id"]) for row in rows if row["status"] in OBSERVED]
    keys = _history_keys(known_at, dated, vintages, observed)
    return Inputs(known_at, code_version(), tuple(vintages), digest, keys)


def _history_keys(
    today: date, dated: Set[str], vintages: Sequence[Mapping[str, Any]], observed: Sequence[tuple[date, str]]
) -> dict[str, str]:
    """Return the key of each month's end: vintages known and days seen by then. A dated source speaks for every day."""
    always = [vintage for vintage in vintages if vintage["source_id"] in dated]
    events = sorted(
        [(vintage["known_at"], vintage) for vintage in vintages if vintage["source_id"] not in dated] + list(observed),
        key=lambda event: (event[0], str(event[1])),
    )
    digest = hashlib.sha256(json.dumps([code_version(), always], default=str, sort_keys=True).encode())
    keys: dict[str, str] = {}
    month_end = _month_end(clock.FIRST_DAY)
    for day, event in events:
        while day > month_end:
            keys[str(month_end)] = digest.hexdigest()[:16]
            month_end = _month_end(month_end + timedelta(days=1))
        digest.update(json.dumps([day, event], default=str, sort_keys=True).encode())
    while month_end <= today:
        keys[str(month_end)] = digest.hexdigest()[:16]
        month_end = _month_end(month_end + timedelta(days=1))
    return keys


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


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
