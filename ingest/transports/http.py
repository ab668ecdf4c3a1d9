"""Way in over HTTPS: one file, several files of one edition, or the pages of a list.

What is asked and believed is `ingest.web`'s business. Here answers become a vintage: one answer is archived as it
came, several together in one zip file whose members are the answers as they came.
"""

import email.utils
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ingest import archive, clock, parsing
from ingest.declaration import Declaration
from ingest.errors import AtlasError, FetchError, ParseError
from ingest.home import Home
from ingest.ops import OBSERVED, Ops, Validator
from ingest.transport_declaration import HttpTransport, Paging
from ingest.transports import Fetched, Peeked
from ingest.web import client as web
from ingest.web import policy
from ingest.web.client import Ask


@dataclass(frozen=True)
class Part:
    """One answer of an edition."""

    name: str
    address: str
    content: bytes
    etag: str | None
    last_modified: str | None


def fetch(declaration: Declaration, day: date, home: Home, ops: Ops) -> Iterator[Fetched]:
    """Yield the edition the publisher serves now.

    A past day gets nothing: today's bytes never go under an old day. That holds for a clock set back too, unless a
    mirror serves what was current then. A day that went well already gets nothing either: a publisher is asked once a
    day, and an import says nothing of the web.

    A dated source yields the edition of the day instead, past or not, if it is not archived yet.
    """
    if declaration.dated:
        yield from _fetch_edition(declaration, declaration.edition_of(day), home, ops)
        return
    before = ops.day(declaration.source_id, day)
    is_now = day == clock.real_today() or policy.mirror() is not None
    if day != clock.today() or not is_now or (before and before["status"] in OBSERVED):
        return
    is_bundle = _transport(declaration).is_bundle
    parts, attempts = _ask_all(_as_of(declaration, day), home, ops)
    for part in parts:
        _require_known_by(declaration, part, day)
    content = _vintage(declaration, parts)
    digest = archive.store(home.archive, content)
    for part in parts:
        member = part.name if is_bundle else None
        where = _where(declaration, part.address)
        ops.put_validator(Validator(where, part.etag, part.last_modified, digest, member))
    # What is still being read at midnight is known on the next day.
    yield Fetched(parts[0].address, None, "fetched", clock.today(), digest, len(content), attempts)


def _fetch_edition(declaration: Declaration, edition: date | None, home: Home, ops: Ops) -> Iterator[Fetched]:
    """Yield what the publisher says of the day of an edition, unless that is archived.

    One that the gate blocked is asked for again: a publisher who was busy answers another time. A clock set forward
    gets nothing of days to come.
    """
    is_to_come = edition is not None and edition > clock.real_today() and policy.mirror() is None
    if edition is None or is_to_come or str(edition) in ops.editions(declaration.source_id):
        return
    try:
        parts, attempts = _ask_all(_as_of(declaration, edition), None, None)
    except AtlasError as error:
        raise type(error)(f"{error} It was asked as of {edition}.") from None
    content = _vintage(declaration, parts)
    digest = archive.store(home.archive, content)
    yield Fetched(parts[0].address, str(edition), "edition", edition, digest, len(content), attempts)


def _as_of(declaration: Declaration, day: date) -> Declaration:
    """Return a source as it is asked on a day, or for the edition of a day."""
    return declaration.model_copy(update={"transport": _transport(declaration).as_of(day)})


def _require_known_by(declaration: Declaration, part: Part, day: date) -> None:
    """Raise FetchError where a mirror serves what was published after the day it is asked for."""
    try:
        modified = email.utils.parsedate_to_datetime(part.last_modified or "").date()
    except (ValueError, TypeError, OverflowError):
        return
    # A day of slack for clocks and time zones.
    if modified > day + timedelta(days=1):
        raise FetchError(
            f"{declaration.source_id}: expected what was public on {day}, came a file of {modified}. Today's "
            "bytes never go under an old day; ask a mirror that serves what was current then."
        )


def peek(declaration: Declaration, *, use_mirror: bool) -> Peeked:
    """Return what the publisher serves now, or as of the newest edition. Nothing is kept."""
    day = clock.today()
    if dated := declaration.dated:
        day = dated.edition_of(day) or dated.first_day
    parts, _ = _ask_all(_as_of(declaration, day), None, None, use_mirror=use_mirror)
    return Peeked(_vintage(declaration, parts), "Run `atlas refresh` to load it.")


def _vintage(declaration: Declaration, parts: list[Part]) -> bytes:
    """Return answers as the bytes they are archived as."""
    if _transport(declaration).is_bundle:
        return archive.bundle({part.name: part.content for part in parts})
    return parts[0].content


def _ask_all(
    declaration: Declaration, home: Home | None, ops: Ops | None, *, use_mirror: bool = True
) -> tuple[list[Part], int]:
    try:
        return _ask_parts(declaration, home, ops, use_mirror=use_mirror)
    except AtlasError as error:
        raise type(error)(f"{declaration.source_id}: {error}") from None


def _ask_parts(
    declaration: Declaration, home: Home | None, ops: Ops | None, *, use_mirror: bool
) -> tuple[list[Part], int]:
    """Ask for every file or page; return the answers and the most attempts one of them took.

    With `home` and `ops`, what is archived already is asked for only if it has changed.
    """
    transport = _transport(declaration)
    until = time.monotonic() + transport.deadline_seconds
    parts: list[Part] = []
    seen: set[str] = set()
    attempts, left = 1, transport.max_bytes
    for name, url in _addresses(transport):
        kept = _kept(declaration, home, ops, url) if home and ops and transport.body is None else None
        answer = web.client().fetch(_ask(transport, url, kept, left), until, use_mirror=use_mirror)
        if not (answer.is_whole or declaration.parse.ends_with_newline):
            raise FetchError(
                "expected an answer with proof of its length, came one that ends with the connection. Nothing in this "
                "format would tell if it was cut short."
            )
        attempts = max(attempts, answer.attempts)
        # The client takes "not modified" only for an answer to what it asked.
        content = kept.content if kept and answer.content is None else answer.content or b""
        parts.append(Part(name, url, content, answer.etag, answer.last_modified))
        left = max(left - len(parts[-1].content), 1)
        if transport.paging and _is_last(declaration, transport.paging, parts[-1], seen):
            return parts, attempts
    if transport.paging:
        raise FetchError(
            f"expected at most {transport.paging.max_pages} pages, came no end. Raise max_pages if the list has grown."
        )
    return parts, attempts


def _transport(declaration: Declaration) -> HttpTransport:
    """Return the transport of a source read over HTTP."""
    assert isinstance(declaration.transport, HttpTransport)  # noqa: S101 - told by the kind
    return declaration.transport


def _addresses(transport: HttpTransport) -> Iterator[tuple[str, str]]:
    """Yield the name and the address of every file, or of every page there could be."""
    paging = transport.paging
    if paging is None:
        yield from transport.files.items()
        return
    ((name, url),) = transport.files.items()
    for number in range(paging.max_pages):
        mark = "&" if "?" in url else "?"
        query = f"{paging.limit_parameter}={paging.limit}&{paging.offset_parameter}={number * paging.limit}"
        yield f"{number:04}-{name}", f"{url}{mark}{query}"


def _where(declaration: Declaration, url: str) -> str:
    """Name an address as this source asks it. What a mirror says of its copy is not said to the publisher."""
    base = policy.mirror()
    return f"{declaration.source_id} {policy.mirrored(url, base) if base else url}"


def _ask(transport: HttpTransport, url: str, kept: Part | None, max_bytes: int) -> Ask:
    key = transport.key
    secret = os.environ.get(key.env, "") if key else ""
    return Ask(
        url, tuple(transport.media_types), max_bytes, tuple(transport.redirect_hosts), transport.body,
        transport.spacing_seconds, transport.answer_seconds, user_agent=transport.user_agent or web.USER_AGENT,
        secret_headers={key.header: secret} if key and key.header else {},
        secret_parameters={key.parameter: secret} if key and key.parameter else {},
        etag=kept.etag if kept else None, last_modified=kept.last_modified if kept else None,
    )  # fmt: skip


def _kept(declaration: Declaration, home: Home, ops: Ops, url: str) -> Part | None:
    """Return the last answer at an address as it is archived, or None where it is not, or not undamaged."""
    known = ops.validator(_where(declaration, url))
    if known is None:
        return None
    try:
        raw = archive.read(home.archive, known.raw_sha256)
    except AtlasError:
        return None
    content = archive.unbundle(raw)[known.member] if known.member else raw
    return Part(known.member or declaration.source_id, url, content, known.etag, known.last_modified)


def _is_last(declaration: Declaration, paging: Paging, part: Part, seen: set[str]) -> bool:
    """Whether a list ends with a page: it has no rows, or none that was not seen. Adds its rows to those seen."""
    try:
        rows = parsing.records_of(declaration, part.content)
    except ParseError as error:
        raise FetchError(f"page {part.name} is no page. {error}") from None
    if paging.row_id is None:
        return not rows
    n_before = len(seen)
    seen.update(str(row.get(paging.row_id)) for row in rows)
    return len(seen) == n_before
