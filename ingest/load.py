"""Load one source for one day: fetch, archive, parse, gate, land. Each step can be killed and run again.

Whatever is archived and not yet gated by the code as it is now is gated first, so a killed run is completed and
newer rules reach older vintages without fetching anything.
"""

import io
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import polars as pl

from expectations import freshness, gate
from expectations.results import Check, GateReport
from ingest import archive, clock, parsing
from ingest.declaration import Declaration
from ingest.errors import AtlasError, ParseError, UnreachableError, UsageError
from ingest.home import PROJECT_ROOT, Home
from ingest.known import known_rows
from ingest.ops import GOOD, OBSERVED, Archived, Ops, Status, Vintage
from ingest.transport_declaration import PackageTransport
from ingest.transports import fetcher, lacks

DAYS_PER_TRANSACTION = 100
# What the same bytes are read with, whatever the source; and what parsers share.
READING = ("parsing.py", "countries.py", "gec_iso3.csv", "reading/*.py")
# And what the text of news is read with, and no other source.
READING_NEWS = ("announcement_item.yml", "extraction/**/*.py", "extraction/**/*.csv")


@dataclass(frozen=True)
class Load:
    """How a source stands on a day, after everything that could be done for it was done."""

    source_id: str
    day: date
    status: Status
    message: str | None
    in_force: Vintage | None
    content_age: Check | None

    @property
    def is_good(self) -> bool:
        """Whether the source answered as it should, or has nothing to say about that day."""
        return self.status in GOOD or self.status in ("no_vintage", "disabled")


def load(home: Home, ops: Ops, declaration: Declaration, day: date) -> Load:
    """Bring a source up to a day and record how it stands. Raises nothing for a foreseeable outcome."""
    if lacking := declaration.missing_env:
        return _close(ops, declaration, day, "disabled", f"Set {' and '.join(lacking)} to enable this source.")
    status, message = _fetch(home, ops, declaration, day)
    return _settle(home, ops, declaration, day, status, message)


def load_days(home: Home, ops: Ops, declaration: Declaration, days: Sequence[date]) -> Iterator[Load]:
    """Bring a source up to each of several days, in their order.

    The publisher is asked once: whatever can still be had of the earlier days comes with the latest of them. One who
    answers as of a past day is asked once for each edition the days need. The others are then told from what is
    archived, many in one transaction.
    """
    latest: dict[date | None, date] = {}
    for day in days:
        edition = declaration.edition_of(day)
        latest[edition] = max(day, latest.get(edition, day))
    asked: dict[date | None, Load] = {}
    for edition, some_days in groupby(days, key=declaration.edition_of):
        if edition not in asked:
            try:
                asked[edition] = load(home, ops, declaration, latest[edition])
            except Exception as error:  # keeps no other edition from being asked for
                if len(latest) == 1:
                    raise
                asked[edition] = fail(ops, declaration, latest[edition], error)
        last = asked[edition]
        while some := list(islice(some_days, DAYS_PER_TRANSACTION)):
            with ops.transaction():
                done = [last if day == last.day else _past(home, ops, declaration, day, last) for day in some]
            yield from done


def _past(home: Home, ops: Ops, declaration: Declaration, day: date, last: Load) -> Load:
    """Record how a source stood on a day, after it was asked for a later one."""
    if last.status == "disabled" or (not last.is_good and lacks(declaration, day, ops)):
        return _close(ops, declaration, day, last.status, last.message)
    return carry(home, ops, declaration, day)


def carry(home: Home, ops: Ops, declaration: Declaration, day: date) -> Load:
    """Record how a source stood on a past day by what is archived. Nobody is asked."""
    return _close(ops, declaration, day, *_judged(ops, declaration, day, *_carried(home, ops, declaration, day)))


def _carried(home: Home, ops: Ops, declaration: Declaration, day: date) -> tuple[Status, str | None]:
    """Return how a source stands on a day on which its publisher cannot be asked any more."""
    if declaration.items:
        # The reviewed file of today tells when each of its items was published.
        is_known = any(not rows.is_empty() for rows in known_rows(home, ops, declaration, day, of=clock.today()))
    else:
        is_known = any(item.known_at <= day for item in ops.archived(declaration.source_id))
    if declaration.is_dated or isinstance(declaration.transport, PackageTransport):
        is_own = any(item.known_at == day and item.basis == "edition" for item in ops.archived(declaration.source_id))
        status: Status = "fetched" if is_own else "unchanged"
    else:
        before = ops.day(declaration.source_id, day)
        if before and _was_lived(before):
            return before["status"], before["message"]
        status = "archived"
    return (status, None) if is_known else ("no_vintage", f"Nothing of this source is known by {day}.")


def fail(ops: Ops, declaration: Declaration, day: date, error: Exception) -> Load:
    """Record a load that ended in an error nobody foresaw; the last good vintage stays in force."""
    message = f"{declaration.source_id}: {type(error).__name__}: {error}"
    ops.log_fetch(declaration.source_id, day, "failed", error=message)
    return _close(ops, declaration, day, "failed", message)


def read_files(declaration: Declaration, paths: Sequence[Path]) -> bytes:
    """Return the files of a vintage as the bytes it is archived as. Raises UsageError."""
    contents: dict[str, bytes] = {}
    for path in paths:
        if path.name in contents:
            raise UsageError(f"Two files are called {path.name}. Give each file of a vintage a name of its own.")
        try:
            contents[path.name] = path.read_bytes()
        except OSError as error:
            raise UsageError(f"Expected a readable file at {path}: {error.strerror}.") from None
    try:
        return parsing.bundle(declaration, contents)
    except ParseError as error:
        raise UsageError(str(error)) from None


def import_vintage(home: Home, ops: Ops, declaration: Declaration, paths: Sequence[Path], day: date) -> Load:
    """Bring in an archived vintage of the source, known on `day`, through the same gate."""
    if day > clock.today():
        raise UsageError(f"A vintage cannot have been known on {day}: that day is still to come.")
    content = read_files(declaration, paths)
    named = ", ".join(path.name for path in paths)
    try:
        files = parsing.unpack(declaration, content)
    except ParseError as error:
        raise UsageError(f"{named} cannot be imported. {error}") from None
    digest = archive.content_sha256(files)
    before = [known for known in ops.archived(declaration.source_id) if known.known_at <= day]
    is_known = bool(before) and before[-1].content_sha256 == digest
    status: Status = "unchanged" if is_known else "archived"
    # What is known already is logged too: it says that this was still so on that day.
    raw = archive.store(home.archive, content)
    ops.log_fetch(
        declaration.source_id, day, status, address=f"import:{named}", basis="archived", known_at=day,
        n_bytes=len(content), raw_sha256=raw, content_sha256=digest,
    )  # fmt: skip
    told = f"The content of {named} was already known by {day}." if is_known else None
    return _settle(home, ops, declaration, day, status, told)


def _fetch(home: Home, ops: Ops, declaration: Declaration, day: date) -> tuple[Status, str | None]:
    """Archive and log what is new. Returns the status of the day as far as fetching tells it."""
    source_id = declaration.source_id
    status: Status = "unchanged"
    has_answered = False
    try:
        for fetched in fetcher(declaration)(declaration, day, home, ops):
            content = archive.read(home.archive, fetched.raw_sha256)
            try:
                digest = archive.content_sha256(parsing.unpack(declaration, content))
            except ParseError:
                digest = fetched.raw_sha256  # the gate reports it; two broken answers are told apart by their bytes
            known = [item for item in ops.archived(source_id) if item.known_at <= fetched.known_at]
            # Blocked content that is met again on a later day is judged again by that day. What comes after it is a
            # vintage of its own day: newer rules may let the blocked one pass after all.
            is_new = not known or known[-1].content_sha256 != digest or known[-1].is_blocked
            status = "fetched" if is_new else status
            has_answered = True
            ops.log_fetch(
                source_id, day, "fetched" if is_new else "unchanged", address=fetched.address, edition=fetched.edition,
                basis=fetched.basis, known_at=fetched.known_at, n_bytes=fetched.n_bytes, raw_sha256=fetched.raw_sha256,
                content_sha256=digest, attempts=fetched.attempts,
            )  # fmt: skip
    except (AtlasError, OSError) as error:
        failed: Status = "unreachable" if isinstance(error, UnreachableError) else "failed"
        message = str(error) if isinstance(error, AtlasError) else f"{source_id}: {error.strerror or error}."
        ops.log_fetch(source_id, day, failed, error=message)
        return failed, message
    if has_answered:
        return status, None
    if day < clock.today():
        return _carried(home, ops, declaration, day)
    if not any(item.known_at <= day for item in ops.archived(source_id)):
        ops.log_fetch(source_id, day, "no_vintage")
        return "no_vintage", f"Nothing of this source is known by {day}."
    ops.log_fetch(source_id, day, "unchanged")
    return status, None


def _settle(home: Home, ops: Ops, declaration: Declaration, day: date, status: Status, message: str | None) -> Load:
    """Gate what is pending, then close the day."""
    try:
        gate_pending(home, ops, declaration)
    except OSError as error:
        # A full disk: the bytes are archived, so the next run goes on from here.
        return _close(ops, declaration, day, "failed", f"{declaration.source_id}: {error.strerror or error}.")
    return _close(ops, declaration, day, *_judged(ops, declaration, day, status, message))


def _judged(
    ops: Ops, declaration: Declaration, day: date, status: Status, message: str | None
) -> tuple[Status, str | None]:
    """Return the status of a day after the gate: quarantined where it blocked the newest content known by then."""
    known = ops.vintages(declaration.source_id, day)
    if status not in GOOD or not known or known[-1].is_accepted:
        return status, message
    if status == "archived" and known[-1].known_at != day:
        return status, message  # a blocked copy brought in for an earlier day says nothing of this one
    failing = [check for check in ops.checks(declaration.source_id, known[-1].content_sha256)
               if check["outcome"] == "failed" and check["severity"] != "warn"]  # fmt: skip
    return "quarantined", _told(failing)


def _told(failing: list[dict[str, Any]]) -> str:
    return "; ".join(f"{check['rule']}: {check['detail']}" for check in failing[:3])


def gate_pending(home: Home, ops: Ops, declaration: Declaration) -> None:
    """Gate what is archived and not gated yet; raise the last crash after all of it was tried."""
    crash: Exception | None = None
    crashed: set[int] = set()
    # One after the other: a vintage is judged beside the one before it, which may just have been judged anew.
    while left := [item for item in pending(home, ops, declaration) if item.fetch_id not in crashed]:
        try:
            _gate_one(home, ops, declaration, left[0])
        except OSError:
            raise
        except Exception as error:  # content that crashes its parser must not keep later content out
            crash = error
            crashed.add(left[0].fetch_id)
    if crash:
        raise crash


def _close(ops: Ops, declaration: Declaration, day: date, status: Status, message: str | None) -> Load:
    in_force = ops.in_force(declaration.source_id, day)
    content_age = None
    if in_force:
        content_age = freshness.check_freshness(declaration, in_force.period_max, in_force.known_at, day)
        if day == clock.today():  # what a past day would have said of its age is no news
            ops.put_check(declaration.source_id, in_force.content_sha256, content_age)
    before = ops.day(declaration.source_id, day)
    if not (before and _stays(before, day, status)):
        ops.put_day(declaration.source_id, day, status, in_force, message)
    return Load(declaration.source_id, day, status, message, in_force, content_age)


def _was_lived(recorded: dict[str, Any]) -> bool:
    """Whether a day's record is of the day itself: the source answered, or did not when it was asked then."""
    was_asked_then = recorded["checked_at"].startswith(recorded["day"])
    return recorded["status"] in OBSERVED or (was_asked_then and recorded["status"] in ("unreachable", "failed"))


def _stays(recorded: dict[str, Any], day: date, status: Status) -> bool:
    """Whether what is recorded of a day holds against what asking again brought."""
    if status == "unchanged" and recorded["status"] in GOOD:
        return True
    # Whoever answered on a past day did so, whatever comes of asking again.
    says_nothing_new = status == recorded["status"] or status not in (*GOOD, "quarantined")
    return day < clock.today() and _was_lived(recorded) and says_nothing_new


@lru_cache
def parse_key(declaration_path: Path, *, is_feed: bool = False) -> str:
    """Return what tells apart two ways of reading the same bytes: a hash of declaration and code."""
    parser = declaration_path.with_suffix(".py")
    rules = PROJECT_ROOT / "expectations"
    reading = READING + READING_NEWS if is_feed else READING
    files = [declaration_path, *([parser] if parser.exists() else []), *sorted(rules.glob("*.py")),
             *sorted((rules / "rules").glob(f"{declaration_path.stem}.py")),
             *(file for name in reading for file in sorted((PROJECT_ROOT / "ingest").glob(name)))]  # fmt: skip
    return archive.sha256(b"\0".join(file.read_bytes() for file in files))[:12]


def pending(home: Home, ops: Ops, declaration: Declaration) -> list[Archived]:
    """Return archived content to gate, in the order it became known.

    It is what the code as it is now has not gated yet, what was gated beside another vintage than the one that is
    before it now, and what was landed in a file that is gone.
    """
    key = parse_key(declaration.path, is_feed=declaration.is_feed)
    done: set[int] = set()
    before: str | None = None
    for vintage in ops.vintages(declaration.source_id):
        is_same = vintage.parse_key == key and vintage.compared_with == before
        if is_same and (not vintage.is_accepted or is_landed(home, vintage)):
            done.add(vintage.fetch_id)
        before = vintage.content_sha256 if vintage.is_accepted else before
    # Content that came twice for one day is one vintage, of the later fetch: a file put back is in force again.
    newest = {(item.known_at, item.content_sha256): item for item in ops.archived(declaration.source_id)}
    return sorted(
        (item for item in newest.values() if item.fetch_id not in done), key=lambda item: (item.known_at, item.fetch_id)
    )


def is_landed(home: Home, vintage: Vintage) -> bool:
    """Whether the accepted rows of a vintage are where they were landed."""
    return vintage.landed_file is not None and (home.landed / vintage.landed_file).exists()


def read_landed(home: Home, vintage: Vintage) -> pl.DataFrame:
    """Return the accepted rows of a vintage."""
    if vintage.landed_file is None:
        raise AtlasError(f"The vintage of {vintage.source_id} known at {vintage.known_at} was not accepted.")
    return pl.read_parquet(home.landed / vintage.landed_file)


def gate_content(
    declaration: Declaration, content: bytes, previous: pl.DataFrame | None, known_at: date
) -> tuple[GateReport, pl.DataFrame]:
    """Parse and gate archived bytes; return the report and the candidate as parsed (empty where it cannot be)."""
    try:
        parsed = parsing.parse(declaration, parsing.unpack(declaration, content))
    except Exception as error:  # whatever a parser trips over is content that does not pass
        told = str(error) if isinstance(error, ParseError) else f"expected bytes the parser can read, came {error!r}"
        unreadable = Check("format", "schema", "block", False, 0, 0, told, [])
        return GateReport("block", [unreadable], None, pl.DataFrame(), pl.DataFrame()), pl.DataFrame()
    return gate.run_gate(declaration, parsed, previous, known_at), parsed.frame


def _gate_one(home: Home, ops: Ops, declaration: Declaration, item: Archived) -> None:
    """Gate one archived content and record the vintage: landed where accepted, in quarantine where not."""
    earlier = [vintage for vintage in ops.vintages(declaration.source_id, item.known_at)
               if vintage.is_accepted
               and (vintage.known_at, vintage.fetch_id) < (item.known_at, item.fetch_id)]  # fmt: skip
    previous = _before(home, declaration, earlier)
    content = archive.read(home.archive, item.raw_sha256)
    report, candidate = gate_content(declaration, content, previous, item.known_at)
    key = parse_key(declaration.path, is_feed=declaration.is_feed)
    landed_file: str | None = None
    period: tuple[date | None, date | None] = (None, None)
    if report.accepted is not None:
        period = freshness.content_period(declaration, report.accepted, item.known_at)
        landed_file = _land(home, declaration.source_id, report.accepted)
    _keep_what_failed(home, declaration, item, report, candidate)
    vintage = Vintage(
        declaration.source_id, item.known_at, item.content_sha256, item.fetch_id, key, report.accepted is not None,
        0 if report.accepted is None else report.accepted.height, report.set_aside.height, *period, landed_file,
        earlier[-1].content_sha256 if earlier else None,
    )  # fmt: skip
    ops.put_vintage(vintage, report.checks)


def _before(home: Home, declaration: Declaration, earlier: Sequence[Vintage]) -> pl.DataFrame | None:
    """Return the rows a load is compared with: the vintage before, and for what was set aside there the last accepted.

    Else a figure that was set aside once would pass as new the next time.
    """
    if not earlier:
        return None
    found = read_landed(home, earlier[-1])
    aside = home.quarantine / declaration.source_id / earlier[-1].content_sha256[:16] / "failing.parquet"
    if not earlier[-1].n_set_aside or not aside.exists():
        return found
    wanted = pl.read_parquet(aside).select(declaration.key)
    for older in reversed(earlier[:-1]):
        carried = read_landed(home, older).join(wanted, on=declaration.key, how="semi")
        found = pl.concat([found, carried], how="diagonal_relaxed")
        wanted = wanted.join(carried, on=declaration.key, how="anti")
        if wanted.is_empty():
            break
    return found


def _land(home: Home, source_id: str, frame: pl.DataFrame) -> str:
    """Write accepted rows as an immutable file named by its content; return its path under `landed`."""
    content = _parquet(frame)
    name = f"{source_id}/{archive.sha256(content)[:32]}.parquet"
    if not (home.landed / name).exists():
        _write(home.landed / name, content)
    return name


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    archive.write_whole(path, content)


def _keep_what_failed(
    home: Home, declaration: Declaration, item: Archived, report: GateReport, candidate: pl.DataFrame
) -> None:
    """Keep a blocked candidate or set-aside rows beside the reasons; clear what an earlier gate left there."""
    folder = home.quarantine / declaration.source_id / item.content_sha256[:16]
    shutil.rmtree(folder, ignore_errors=True)
    failing = report.failing if report.accepted is None else report.set_aside
    if report.accepted is not None and failing.is_empty():
        return
    if report.accepted is None:
        _write(folder / "candidate.parquet", _parquet(candidate))
    _write(folder / "failing.parquet", _parquet(failing))
    told = {"source_id": declaration.source_id, "known_at": item.known_at, "raw_sha256": item.raw_sha256,
            **report.to_dict()}  # fmt: skip
    text = json.dumps(told, default=str, indent=2, ensure_ascii=False)
    archive.write_whole(folder / "report.json", text.encode())
