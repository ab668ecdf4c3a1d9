"""A Parquet file per mart, and `datapackage.json` beside them, which tells a program what is in each.

Descriptions with units, licences and the build travel inside the Parquet files as well, as key-value metadata.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.units import unit_of

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
# Names of DuckDB's types in a Table Schema.
TYPES = {
    "VARCHAR": "string", "DOUBLE": "number", "BIGINT": "integer", "INTEGER": "integer", "BOOLEAN": "boolean",
    "DATE": "date", "TIMESTAMP": "datetime",
}  # fmt: skip


@dataclass(frozen=True)
class Mart:
    """What a reader is told of a mart. `columns` holds (name, DuckDB type, description), `licences` rows of
    (licence_id, licence_url, attribution), `keys` the columns no two rows share, where that is declared."""

    name: str
    description: str
    columns: tuple[tuple[str, str, str], ...]
    licences: tuple[tuple[str, str | None, str], ...]
    keys: tuple[str, ...]


def unique_keys(manifest: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the columns by which the rows of each model are told apart, from the tests of dbt's manifest."""
    keys: dict[str, tuple[str, ...]] = {}
    for node in manifest["nodes"].values():
        test = node.get("test_metadata") or {}
        if test.get("name") == "unique_grain":
            keys[node["attached_node"].rsplit(".", 1)[-1]] = tuple(test["kwargs"]["columns"])
    return keys


def read_marts(con: duckdb.DuckDBPyConnection, names: Sequence[str], manifest: Mapping[str, Any]) -> list[Mart]:
    """Return what the published file says of tables of the schema `marts`."""
    descriptions = dict(
        con.sql("select table_name, comment from duckdb_tables() where schema_name = 'marts'").fetchall()
    )
    columns = con.sql(
        "select table_name, column_name, data_type, coalesce(comment, '') from duckdb_columns() "
        "where schema_name = 'marts' order by table_name, column_index"
    ).fetchall()
    licences = con.sql(
        "select distinct table_name, licence_id, licence_url, attribution from marts.ref_table_licence order by all"
    ).fetchall()
    keys = unique_keys(manifest)
    return [
        Mart(name, descriptions[name] or "", _of(name, columns), _of(name, licences), keys.get(name, ()))
        for name in names
    ]


def _of(name: str, rows: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(row[1:] for row in rows if row[0] == name)


def write(con: duckdb.DuckDBPyConnection, folder: Path, marts: Sequence[Mart], build: Mapping[str, Any]) -> None:
    """Write `parquet/<mart>.parquet` for each mart and `datapackage.json` into a folder."""
    (folder / "parquet").mkdir()
    for mart in marts:
        metadata = {
            "description": mart.description,
            "columns": json.dumps({name: _about(name, kind, about) for name, kind, about in mart.columns}),
            "licences": json.dumps([_licence(one) | {"attribution": one[2]} for one in mart.licences]),
            "build_id": str(build["build_id"]), "known_at": str(build["known_at"]),
        }  # fmt: skip
        pairs = ", ".join(f"{key}: {quoted(text)}" for key, text in metadata.items())
        target = quoted(str(_path(folder, mart)))
        con.execute(f"copy marts.{mart.name} to {target} (format parquet, compression zstd, kv_metadata {{{pairs}}})")
    files = {mart.name: _path(folder, mart).read_bytes() for mart in marts}
    told = json.dumps(descriptor(marts, build, files), indent=2, ensure_ascii=False)
    (folder / "datapackage.json").write_text(told + "\n", encoding="utf-8")


def descriptor(marts: Sequence[Mart], build: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the Data Package of a build; `files` holds the Parquet file of each mart."""
    return {
        "$schema": PROFILE,
        "name": "infra-atlas",
        "title": "infra-atlas: AI infrastructure, power, ownership and dependence, country by country",
        "description": f"As known on {build['known_at']}. An unknown is null, never zero; announced is not built.",
        "version": build["build_id"],
        "created": f"{build['built_at']:%Y-%m-%dT%H:%M:%SZ}",
        "licenses": _unique(_licence(one) for mart in marts for one in mart.licences),
        "sources": _unique({"title": one[2]} for mart in marts for one in mart.licences),
        "resources": [_resource(mart, files[mart.name]) for mart in marts],
    }


def _resource(mart: Mart, content: bytes) -> dict[str, Any]:
    resource = {
        "name": mart.name,
        "type": "table",
        "path": f"parquet/{mart.name}.parquet",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "description": mart.description,
        "schema": {
            "fields": [
                {"name": name, "type": TYPES.get(kind, "number" if kind.startswith("DECIMAL") else "any")}
                | _about(name, kind, about)
                for name, kind, about in mart.columns
            ],
            **({"uniqueKeys": [list(mart.keys)]} if mart.keys else {}),
        },
    }  # fmt: skip
    # An empty list is not allowed: a mart of assumptions alone rests on no source.
    licences, sources = _unique(map(_licence, mart.licences)), _unique({"title": one[2]} for one in mart.licences)
    return resource | ({"licenses": licences, "sources": sources} if licences else {})


def _about(column: str, kind: str, description: str) -> dict[str, str]:
    unit = unit_of(column, kind)
    return {"description": description} | ({"unit": unit} if unit else {})


def _licence(row: tuple[str, str | None, str]) -> dict[str, str]:
    return {"name": row[0]} | ({"path": row[1]} if row[1] else {})


def _unique(found: Any) -> list[dict[str, str]]:
    return sorted({json.dumps(one): one for one in found}.values(), key=json.dumps)


def _path(folder: Path, mart: Mart) -> Path:
    return folder / "parquet" / f"{mart.name}.parquet"


def quoted(text: str) -> str:
    """Return text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
