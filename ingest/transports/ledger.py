"""Way in for a reviewed file of this repository."""

from collections.abc import Iterator
from datetime import date

from ingest import archive, clock
from ingest.declaration import Declaration
from ingest.errors import FetchError
from ingest.home import Home
from ingest.ops import Ops
from ingest.transport_declaration import LedgerTransport
from ingest.transports import Fetched, Peeked


def fetch(declaration: Declaration, day: date, home: Home, ops: Ops) -> Iterator[Fetched]:
    """Yield the file as it is today. A past day gets nothing: today's bytes never go under an old day."""
    transport = declaration.transport
    assert isinstance(transport, LedgerTransport)  # noqa: S101 - told by the kind
    if day != clock.today():
        return
    content = _read(declaration, transport)
    history = [item for item in ops.archived(declaration.source_id) if item.known_at <= day]
    last = history[-1] if history else None
    if last and last.raw_sha256 == archive.sha256(content) and not (last.is_blocked and last.known_at < day):
        return
    digest = archive.store(home.archive, content)
    yield Fetched(f"ledger:{transport.file}", None, "reviewed", day, digest, len(content))


def peek(declaration: Declaration) -> Peeked:
    """Return the file as it is now."""
    transport = declaration.transport
    assert isinstance(transport, LedgerTransport)  # noqa: S101 - told by the kind
    return Peeked(_read(declaration, transport), "Run `atlas refresh` to load it.")


def _read(declaration: Declaration, transport: LedgerTransport) -> bytes:
    try:
        return (declaration.path.parent / transport.file).read_bytes()
    except FileNotFoundError:
        raise FetchError(
            f"{declaration.source_id}: the reviewed file {transport.file} is missing beside its declaration. "
            "Restore it from version control."
        ) from None
