"""Way in for GDELT's Global Knowledge Graph: the files of a day, one after the other, each read while the next comes.

A file is archived as it came, checked and read, and what became of it is kept beside those of the same day: a run that
was killed goes on with the next file. All of them together, with the lines of the list, are the day's vintage.
"""

import shutil
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from ingest import archive, clock
from ingest.declaration import Declaration
from ingest.errors import AtlasError, FetchError, GoneError, NotMirroredError, UnreachableError
from ingest.gkg import day as reading
from ingest.gkg import listing
from ingest.gkg.lexicon import lexicon
from ingest.gkg.listing import Entry, Listing
from ingest.gkg.records import File, Record, from_bytes, record_of, to_bytes
from ingest.home import Home
from ingest.ops import Ops
from ingest.transport_declaration import GkgTransport
from ingest.transports import Fetched, Peeked
from ingest.web import client as web
from ingest.web import policy
from ingest.web.client import Ask


def fetch(declaration: Declaration, day: date, home: Home, ops: Ops) -> Iterator[Fetched]:
    """Yield the vintage of a day, past or not, unless it is archived; of the current day the one before.

    Raises UnreachableError or FetchError where a file could not be had; those that were are not asked for again.
    """
    transport = _transport(declaration)
    edition = transport.edition_of(day)
    is_to_come = edition is not None and edition >= clock.real_today() and policy.mirror() is None
    if edition is None or is_to_come or str(edition) in ops.editions(declaration.source_id):
        return
    folder = home.partial / f"{declaration.source_id}-{edition}"
    folder.mkdir(exist_ok=True)
    try:
        listings = {name: listing.of_day(_list(transport, name, edition, home), edition)
                    for name in transport.lists.values()}  # fmt: skip
        _read_files(declaration, edition, listings, folder, home, ops)
    except AtlasError as error:
        raise type(error)(f"{declaration.source_id}: {error}") from None
    content = archive.bundle(
        {name: found.lines for name, found in listings.items()}
        | {path.name: path.read_bytes() for path in sorted(folder.glob("*.ndjson"))}
    )
    digest = archive.store(home.archive, content)
    yield Fetched(transport.base, str(edition), "edition", edition, digest, len(content))
    shutil.rmtree(folder)


def peek(declaration: Declaration, *, use_mirror: bool) -> Peeked:
    """Return the newest file as a vintage of its own. Nothing is kept."""
    transport = _transport(declaration)
    try:
        lines = _ask(transport, transport.newest, transport.max_list_bytes, use_mirror=use_mirror)
        entry = listing.newest(lines, next(iter(transport.lists)))
        if entry is None:
            raise FetchError(f"expected a file of the stream in {transport.newest}, came none.")
        raw = _ask(transport, entry.name, transport.max_file_bytes, use_mirror=use_mirror)
    except AtlasError as error:
        raise type(error)(f"{declaration.source_id}: {error}") from None
    record = record_of(entry, raw, archive.sha256(raw), lexicon())
    content = archive.bundle({transport.newest: lines, f"{entry.name}.ndjson": to_bytes(record)})
    return Peeked(content, "Run `atlas refresh` to load the last whole day.")


def _transport(declaration: Declaration) -> GkgTransport:
    assert isinstance(declaration.transport, GkgTransport)  # noqa: S101 - told by the kind
    return declaration.transport


def _ask(transport: GkgTransport, name: str, max_bytes: int, *, use_mirror: bool = True) -> bytes:
    until = time.monotonic() + transport.deadline_seconds
    ask = Ask(
        f"{transport.base}{name}", tuple(transport.media_types), max_bytes, spacing_seconds=transport.spacing_seconds
    )
    return web.client().fetch(ask, until, use_mirror=use_mirror).content or b""


def _list(transport: GkgTransport, name: str, edition: date, home: Home) -> bytes:
    """Return a list that goes on to the end of a day.

    It only ever grows, and is large: the newest is kept in place of the one before, and serves all days before its end.
    Of a day that has just ended it may still lack the last files: raises FetchError.
    """
    kept = home.partial / name
    if kept.exists() and listing.covers(content := kept.read_bytes(), edition):
        return content
    content = _ask(transport, name, transport.max_list_bytes)
    archive.write_whole(kept, content)
    if edition >= clock.today() - timedelta(days=1) and not listing.covers(content, edition):
        raise FetchError(f"expected {name} to go on to the end of {edition}, it does not yet. The next run asks again.")
    return content


def _read_files(
    declaration: Declaration, edition: date, listings: dict[str, Listing], folder: Path, home: Home, ops: Ops
) -> None:
    """Have every file of a day read and kept in the folder. Raises where some could not be had."""
    transport = _transport(declaration)
    source_id = declaration.source_id
    todo: list[Entry] = []
    n_listed = 0
    for stream, name_of_list in transport.lists.items():
        found = listings[name_of_list]
        for line in found.malformed:
            ops.log_fetch(source_id, edition, "failed", address=transport.base + name_of_list,
                          error=f"a line of the list is malformed: {line[:200]!r}")  # fmt: skip
        for name in listing.names(edition, stream):
            n_listed += name in found.entries
            if _kept(folder, name).exists():
                continue
            if name in found.entries:
                todo.append(found.entries[name])
            else:
                _keep(declaration, edition, _unlisted(name, found, name_of_list), folder, ops)
    faults: list[AtlasError] = []
    for record in reading.records(_came(declaration, edition, todo, folder, home, ops, faults)):
        _keep(declaration, edition, record, folder, ops)
    _require_enough(transport, edition, n_listed, folder, faults)


def _unlisted(name: str, found: Listing, name_of_list: str) -> Record:
    if line := found.malformed_line_of(name):
        return Record(File(name, "malformed_line", f"the list names it in {line[:200]!r}"), [])
    return Record(File(name, "missing", f"{name_of_list} does not name it"), [])


def _came(
    declaration: Declaration, edition: date, todo: list[Entry], folder: Path, home: Home, ops: Ops,
    faults: list[AtlasError],
) -> Iterator[tuple[Entry, bytes, str]]:  # fmt: skip
    """Yield files as they come, archived. What goes wrong is added to the faults; where nobody answers, it ends."""
    transport = _transport(declaration)
    for entry in todo:
        try:
            raw = _ask(transport, entry.name, transport.max_file_bytes)
        except (GoneError, NotMirroredError) as error:
            _keep(declaration, edition, Record(File(entry.name, "missing", str(error)), []), folder, ops)
        except UnreachableError as error:
            faults.append(error)
            return
        except AtlasError as error:
            faults.append(error)
        else:
            yield entry, raw, archive.store(home.archive, raw)


def _kept(folder: Path, name: str) -> Path:
    return folder / f"{name}.ndjson"


def _keep(declaration: Declaration, edition: date, record: Record, folder: Path, ops: Ops) -> None:
    """Keep what became of a file, and log what went wrong with it."""
    file = record.file
    if file.outcome != "read":
        status = "no_vintage" if file.outcome == "missing" else "failed"
        ops.log_fetch(
            declaration.source_id, edition, status, address=_transport(declaration).base + file.name,
            n_bytes=file.n_bytes, error=f"{file.outcome}: {file.detail}",
        )  # fmt: skip
    archive.write_whole(_kept(folder, file.name), to_bytes(record))


def _require_enough(
    transport: GkgTransport, edition: date, n_listed: int, folder: Path, faults: list[AtlasError]
) -> None:
    """Raise where files are still to be had, or where so many are bad that the fault is not theirs."""
    kept = [from_bytes(path.read_bytes()).file for path in folder.glob("*.ndjson")]
    n_files = len(transport.lists) * listing.SLOTS_PER_DAY
    if faults:
        raise type(faults[0])(
            f"of {n_files} files of {edition} {n_files - len(kept)} are still to come; those that came are kept, and "
            f"the next run asks for the others. {faults[0]}"
        )
    n_read = sum(file.outcome == "read" for file in kept)
    if 2 * n_read < max(n_listed, 1):
        bad = [file for file in kept if file.outcome != "read"]
        for file in bad:
            _kept(folder, file.name).unlink()
        raise FetchError(
            f"expected to read most of the {n_listed} files the lists name for {edition}, could read {n_read}. "
            f"{bad[0].name}: {bad[0].outcome}, {bad[0].detail}. The next run asks for them again."
        )
