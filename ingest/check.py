"""How each source stands on the web now: asked, compared with what is archived, and read. Nothing is kept or gated."""

from dataclasses import dataclass, field
from datetime import date

from expectations import freshness
from expectations.schema import check_schema
from ingest import archive, parsing, transports
from ingest.declaration import Declaration
from ingest.errors import AtlasError, FetchError, ParseError
from ingest.home import Home
from ingest.ops import Ops


@dataclass(frozen=True)
class SourceCheck:
    """What was found. None means that it could not be told.

    `notes` says what is wrong or new and what to do about it.
    """

    source_id: str
    is_reachable: bool | None = None
    is_changed: bool | None = None
    is_stale: bool | None = None
    is_drifted: bool | None = None
    notes: list[str] = field(default_factory=list)


def check(home: Home, ops: Ops, declaration: Declaration, today: date, *, use_mirror: bool) -> SourceCheck:
    """Ask a source and tell how it stands. Raises nothing for a foreseeable outcome."""
    source_id = declaration.source_id
    if lacking := declaration.missing_env:
        return SourceCheck(source_id, notes=[f"Not asked. Set {' and '.join(lacking)} to enable it."])
    try:
        found = transports.peek(declaration, home, use_mirror=use_mirror)
    except AtlasError as error:
        # Somebody answered, but not with the source.
        is_drifted = True if isinstance(error, FetchError) else None
        return SourceCheck(source_id, isinstance(error, FetchError), is_drifted=is_drifted, notes=[_told(error)])
    try:
        files = parsing.unpack(declaration, found.content)
        parsed = parsing.parse(declaration, files)
    except ParseError as error:
        return SourceCheck(source_id, True, is_drifted=True, notes=[_told(error)])
    known = ops.archived(source_id)
    is_changed = not known or known[-1].content_sha256 != archive.content_sha256(files)
    schema = [one for one in check_schema(declaration, parsed) if not one.passed]
    todo = found.todo if known else "Nothing of it is archived yet. Run `atlas refresh`."
    notes = [todo] if is_changed else []
    if not is_changed and known[-1].is_blocked:
        notes.append("This content is known, and the gate stopped it: see `atlas status`.")
    notes += [f"{one.rule}: {one.detail}" for one in schema]
    if any(one.outcome == "block" for one in schema):
        return SourceCheck(source_id, True, is_changed, None, True, notes)
    known_at = today if is_changed else known[-1].known_at
    newest = freshness.content_period(declaration, parsed.frame, known_at)[1]
    age = freshness.check_freshness(declaration, newest, known_at, today)
    return SourceCheck(
        source_id, True, is_changed, not age.passed, bool(schema), notes + ([] if age.passed else [age.detail])
    )


def _told(error: AtlasError) -> str:
    return str(error).split(": ", 1)[-1]
