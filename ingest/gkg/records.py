"""What became of one file of a day, with its relevant rows, and how that is kept: JSON, a line each. Pure."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Literal

from ingest.gkg import files
from ingest.gkg.lexicon import Lexicon
from ingest.gkg.listing import Entry
from ingest.gkg.rows import Row, read

Outcome = Literal["read", "missing", "malformed_line", "md5_differs", "unreadable"]


@dataclass(frozen=True)
class File:
    """A file of a day. What is not known of one that was not read is None. Sizes are in bytes.

    `missing`: the list does not name it, or the host does not have it; `malformed_line`: the list names it in a line
    that cannot be read; `md5_differs`: other bytes came than the list promises; `unreadable`: they are no such file.
    """

    name: str
    outcome: Outcome
    detail: str | None = None
    n_bytes: int | None = None
    md5: str | None = None
    raw_sha256: str | None = None
    n_rows: int | None = None
    n_malformed: int | None = None
    n_relevant: int = 0


@dataclass(frozen=True)
class Record:
    """A file and its relevant rows."""

    file: File
    rows: list[Row]


def record_of(entry: Entry, raw: bytes, raw_sha256: str, lexicon: Lexicon) -> Record:
    """Check and read a file as it came."""
    md5 = files.md5(raw)
    came = File(entry.name, "read", None, len(raw), md5, raw_sha256)
    if (len(raw), md5) != (entry.n_bytes, entry.md5):
        told = f"expected {entry.n_bytes:,} bytes with md5 {entry.md5}, came {len(raw):,} with {md5}"
        return Record(replace(came, outcome="md5_differs", detail=told), [])
    try:
        found = read(files.inflate(raw), lexicon)
    except ValueError as error:
        return Record(replace(came, outcome="unreadable", detail=str(error)), [])
    counted = replace(came, n_rows=found.n_rows, n_malformed=found.n_malformed, n_relevant=len(found.relevant))
    return Record(counted, found.relevant)


def to_bytes(record: Record) -> bytes:
    """Return a record as lines of JSON: the file, then its rows."""
    lines = [asdict(record.file), *(asdict(row) for row in record.rows)]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def from_bytes(content: bytes) -> Record:
    """Return a record. Raises ValueError where it was cut short or is none."""
    lines = [json.loads(line) for line in content.splitlines()]
    if not content.endswith(b"\n"):
        raise ValueError("expected a record whose last line ends, came one that was cut short")
    file = File(**lines[0])
    if file.n_relevant != len(lines) - 1:
        raise ValueError(f"{file.name}: expected {file.n_relevant} rows, came {len(lines) - 1}")
    return Record(file, [Row(**line) for line in lines[1:]])
