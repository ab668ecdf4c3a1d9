"""The ways in. Each kind of transport is one module here with one function, and one model in `ingest.declaration`:

    fetch(declaration, day, home, history) -> Iterator[Fetched]

It yields the contents that had been published by `day` and are new beside `history` (what is archived of the source,
in the order it became known), archiving bytes itself. It raises
UnreachableError where nobody answered and FetchError where the answer is not what was declared.
`package` and `ledger` are here; a source read over HTTP is another module beside them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ingest.declaration import Declaration
from ingest.home import Home
from ingest.ops import Archived


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


Fetch = Callable[[Declaration, date, Home, Sequence[Archived]], Iterator[Fetched]]


def fetcher(declaration: Declaration) -> Fetch:
    """Return the way in that a declaration names."""
    from ingest.transports import ledger, package

    kinds: dict[str, Fetch] = {"package": package.fetch, "ledger": ledger.fetch}
    return kinds[declaration.transport.kind]
