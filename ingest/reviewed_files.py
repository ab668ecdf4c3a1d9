"""Rows added to a reviewed file of the checkout: whole, gated before they are written, and never in place of others."""

import csv
import errno
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from expectations.gate import run_gate
from ingest import archive, clock
from ingest.declaration import Declaration, get_declaration
from ingest.errors import AtlasError, UsageError
from ingest.parsing import parse, unpack
from ingest.transport_declaration import LedgerTransport

READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)


@dataclass(frozen=True)
class ReviewedFile:
    """A reviewed file as it is: its declaration, where it lies, its bytes, and its rows by published names."""

    declaration: Declaration
    path: Path
    content: bytes

    @property
    def columns(self) -> list[str]:
        """The published names of its columns, in their order."""
        return next(csv.reader(io.StringIO(self.content.decode())))

    @property
    def rows(self) -> list[dict[str, str]]:
        """Its rows, every cell as text."""
        return list(csv.DictReader(io.StringIO(self.content.decode(), newline="")))


def read(source_id: str) -> ReviewedFile:
    """Return a reviewed file. Raises AtlasError where it is missing or its last line was not ended."""
    declaration = get_declaration(source_id)
    transport = declaration.transport
    assert isinstance(transport, LedgerTransport)  # noqa: S101 - only reviewed files are asked for
    path = declaration.path.parent / transport.file
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise AtlasError(
            f"Expected the reviewed file {path}, which is missing. Restore it from version control."
        ) from None
    if not content.endswith(b"\n"):
        raise AtlasError(f"Expected whole lines in {path}; the last one has no end. Restore it from version control.")
    return ReviewedFile(declaration, path, content)


def with_row(file: ReviewedFile, row: Mapping[str, str]) -> tuple[bytes, list[str]]:
    """Return the bytes of a file with one more row behind those it has, and what the gate warns of that row.

    Raises UsageError where the gate would stop the file.
    """
    line = io.StringIO()
    csv.DictWriter(line, file.columns, lineterminator="\n").writerow(row)
    content = file.content + line.getvalue().encode()
    before = parse(file.declaration, unpack(file.declaration, file.content))
    parsed = parse(file.declaration, unpack(file.declaration, content))
    report = run_gate(file.declaration, parsed, before.frame, clock.today())
    stopping = [check for check in report.failed if check.severity != "warn"]
    if report.accepted is None or stopping:
        told = "; ".join(f"{check.rule}: {check.detail}" for check in stopping[:3])
        raise UsageError(f"{file.path.name} was not written, its gate would stop the new row. {told}")
    earlier = {check.rule: check.n_failing for check in run_gate(file.declaration, before, None, clock.today()).failed}
    warnings = [f"{check.rule}: {check.detail}" for check in report.failed
                if check.n_failing > earlier.get(check.rule, 0)]  # fmt: skip
    return content, warnings


def write(file: ReviewedFile, content: bytes) -> None:
    """Put the bytes in the place of the file at once. Raises AtlasError where it may not be written."""
    try:
        archive.write_whole(file.path, content)
    except OSError as error:
        if error.errno not in READ_ONLY:
            raise
        raise AtlasError(
            f"{file.path} cannot be written ({error.strerror}). Reviews are rows of files under version control: run "
            "`atlas review` in a checkout of the project that you may write, then refresh there."
        ) from None
