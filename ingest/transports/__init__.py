"""The ways in. Each kind of transport is one module here with one function, and one model in `ingest.declaration`:

    fetch(declaration, day, home, ops) -> Iterator[Fetched]

It yields the contents that had been published by `day` and may be new beside what `ops` knows to be archived,
archiving bytes itself. It raises UnreachableError where nobody answered and FetchError where the answer is not what
was declared.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from ingest.declaration import Declaration
from ingest.home import Home
from ingest.ops import Ops
from ingest.transport_declaration import PackageTransport


@dataclass(frozen=True)
class Fetched:
    """Bytes that are now in the archive, and what is known of them."""

    address: str
    edition: str | None
    basis: str
    known_at: date
    raw_sha256: str
    n_bytes: int
    attempts: int = 1


@dataclass(frozen=True)
class Peeked:
    """What a source has now, unarchived, and what to do if it is new."""

    content: bytes
    todo: str


Fetch = Callable[[Declaration, date, Home, Ops], Iterator[Fetched]]


def fetcher(declaration: Declaration) -> Fetch:
    """Return the way in that a declaration names."""
    from ingest.transports import gkg, http, ledger, package

    kinds: dict[str, Fetch] = {
        "package": package.fetch, "ledger": ledger.fetch, "http": http.fetch, "gkg": gkg.fetch,
    }  # fmt: skip
    return kinds[declaration.transport.kind]


def lacks(declaration: Declaration, day: date, ops: Ops) -> bool:
    """Whether something that had been published by a past day is known to exist and is not archived yet.

    Only pinned editions, and those of a publisher who answers as of a past day, can be fetched later than they were
    published. What another publisher served on a past day is archived or lost: today's bytes never go under an old day.
    """
    if declaration.is_dated:
        edition = declaration.edition_of(day)
        return edition is not None and str(edition) not in ops.editions(declaration.source_id)
    if not isinstance(declaration.transport, PackageTransport):
        return False
    have = ops.raw_hashes(declaration.source_id)
    return any(edition.released <= day and edition.sha256 not in have for edition in declaration.transport.editions)


def peek(declaration: Declaration, home: Home, *, use_mirror: bool) -> Peeked:
    """Return what a source has now, without archiving or logging it. Raises as its way in does."""
    from ingest.transports import gkg, http, ledger, package

    match declaration.transport.kind:
        case "package":
            return package.peek(declaration, home)
        case "ledger":
            return ledger.peek(declaration)
        case "http":
            return http.peek(declaration, use_mirror=use_mirror)
        case "gkg":
            return gkg.peek(declaration, use_mirror=use_mirror)
