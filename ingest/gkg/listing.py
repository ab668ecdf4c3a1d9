"""GDELT's list of files: size, md5 and address of each, a line per file, oldest first. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

SLOTS_PER_DAY = 96
ADDRESS = re.compile(r"^https?://[\w.-]+/(?:[\w.-]+/)*([\w.-]+)$")
MD5 = re.compile(r"^[0-9a-f]{32}$")


@dataclass(frozen=True)
class Entry:
    """A file as the list tells of it: its name, size in bytes and md5."""

    name: str
    n_bytes: int
    md5: str


@dataclass(frozen=True)
class Listing:
    """What a list says of a day: the lines as they came, the files by name, and the lines that are malformed."""

    lines: bytes
    entries: dict[str, Entry]
    malformed: list[str]

    def malformed_line_of(self, name: str) -> str | None:
        """Return the malformed line in which a file is named."""
        return next((line for line in self.malformed if name in line), None)


def names(day: date, stream: str) -> list[str]:
    """Return the names of the 96 files a day should have in a stream, such as `20260105001500.gkg.csv.zip`."""
    midnight = datetime.combine(day, datetime.min.time())
    slots = (midnight + timedelta(minutes=15 * number) for number in range(SLOTS_PER_DAY))
    return [f"{slot:%Y%m%d%H%M%S}.{stream}.csv.zip" for slot in slots]


def moment_of(name: str) -> datetime:
    """Return the moment a file is named after, UTC without zone."""
    return datetime.strptime(name[:14], "%Y%m%d%H%M%S")


def covers(content: bytes, day: date) -> bool:
    """Whether a list goes on to the end of a day, as far as its order tells."""
    last = names(day, "gkg")[-1][:14]
    return f"/{day + timedelta(days=1):%Y%m%d}".encode() in content or f"/{last}.".encode() in content


def of_day(content: bytes, day: date) -> Listing:
    """Return what a list says of a day.

    It has more than a million lines, so only those between the first and the last that name the day are read.
    """
    named = f"/{day:%Y%m%d}".encode()
    first, last = content.find(named), content.rfind(named)
    if first < 0:
        return Listing(b"", {}, [])
    end = content.find(b"\n", last)
    lines = content[content.rfind(b"\n", 0, first) + 1 : end + 1 if end >= 0 else len(content)]
    entries: dict[str, Entry] = {}
    malformed: list[str] = []
    for line in lines.decode(errors="replace").splitlines():
        entry = _entry(line)
        if entry is None:
            malformed.append(line)
        elif entry.name.startswith(f"{day:%Y%m%d}"):
            entries[entry.name] = entry
    return Listing(lines, entries, malformed)


def _entry(line: str) -> Entry | None:
    match line.split():
        case [size, md5, address] if size.isascii() and size.isdecimal() and MD5.match(md5):
            found = ADDRESS.match(address)
            return Entry(found[1], int(size[:18]), md5) if found else None
        case _:
            return None


def newest(content: bytes, stream: str) -> Entry | None:
    """Return the newest file of a stream in a list."""
    entries = [_entry(line) for line in content.decode(errors="replace").splitlines()]
    of_stream = [entry for entry in entries if entry and entry.name[14:] == f".{stream}.csv.zip"]
    return max(of_stream, key=lambda entry: entry.name, default=None)
