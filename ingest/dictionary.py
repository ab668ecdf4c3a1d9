"""Files generated from the declarations: dbt sources, staging models and the data dictionary.

`python -m ingest.dictionary` writes them; with `--check` it only tells which are stale (exit code 1).
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ingest.declaration import Column, Declaration, HttpTransport, load_declarations
from ingest.home import PROJECT_ROOT

STAGING = Path("dbt_project/models/staging")
HEADER = "Generated from ingest/sources by `make generate`. Do not edit."
ADDED = {
    "iso3": "ISO 3166-1 alpha-3 code of the country the row is about, XKX for Kosovo; null for aggregates.",
    "known_at": "Day from which the row was known: that of its vintage, or its own where each row has one.",
    "known_to": "Day from which the row was no longer in force, a later vintage being known; null: it still is.",
    "content_sha256": "sha256 of the data the row was read from.",
}
OPERATIONS = {
    "source": "Declared sources, one row each.",
    "vintage": "Accepted vintages, one row per source and day.",
    "calendar": "How each source stood on each day it was asked for.",
    "fetch_log": "Every fetch that was tried.",
    "check_result": "Result of every gate rule on every content.",
    "restatement": "Vintages that were read anew with another result, with the old and the new version of the parser.",
    "clock": "The pairs of clocks the marts are built for.",
}


def _describe(column: Column) -> str:
    return f"{column.description} Unit: {column.unit}." if column.unit else column.description


def _columns(declaration: Declaration) -> list[dict[str, str]]:
    declared = [{"name": column.name, "description": _describe(column)} for column in declaration.columns]
    added = [
        {"name": name, "description": text} for name, text in ADDED.items() if name != "iso3" or declaration.country
    ]
    return declared + added


def dbt_sources(declarations: Mapping[str, Declaration]) -> str:
    """Return `_sources.yml`: schema `raw` with every source and the operations tables."""
    tables: list[dict[str, Any]] = [
        {
            "name": source.source_id,
            "description": f"{source.name}. {source.description}",
            "columns": _columns(source),
        }
        for source in declarations.values()
    ]
    tables += [{"name": name, "description": text} for name, text in OPERATIONS.items()]
    models = [
        {
            "name": f"stg_{source.source_id}",
            "description": f"One row per {' and '.join(source.key)} and vintage. {source.name}.",
            "columns": _columns(source),
        }
        for source in declarations.values()
    ]
    content = {
        "version": 2,
        "sources": [{"name": "raw", "schema": "raw", "description": "Accepted vintages, typed.", "tables": tables}],
        "models": models,
    }
    return f"# {HEADER}\n" + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)


def staging_model(declaration: Declaration) -> str:
    """Return the staging view of a source: all that is known of it, with the days between which it was in force."""
    return f'-- {HEADER}\nselect * from {{{{ source("raw", "{declaration.source_id}") }}}}\n'


def data_dictionary(declarations: Mapping[str, Declaration]) -> str:
    """Return `docs/sources.md`: what each source holds, under which terms."""
    lines = [f"<!-- {HEADER} -->", "# Sources", ""]
    for source in declarations.values():
        lines += [
            f"## {source.source_id}", "", f"{source.name}. {source.description}", "",
            f"- Publisher: {source.publisher} (<{source.homepage}>)",
            f"- Licence: [{source.licence.id}]({source.licence.url}). Show: {source.licence.attribution}",
            f"- Way in: {source.transport.kind}; history class {source.history_class}; "
            f"published {source.cadence.publishes}; source tier {source.tier}",
            *_terms(source),
            f"- Key: {', '.join(source.key)}", "", "| column | type | unit | description |", "|---|---|---|---|",
            *(f"| {item.name} | {item.type} | {item.unit or ''} | {item.description} |" for item in source.columns),
            "",
        ]  # fmt: skip
    return "\n".join(lines)


def _terms(source: Declaration) -> list[str]:
    """Return what a reader has to know besides: where it is fetched, and that it may not be passed on."""
    lines = []
    if isinstance(source.transport, HttpTransport):
        lines.append("- Address: " + ", ".join(f"<{url}>" for url in source.transport.files.values()))
    if not source.licence.redistributable:
        lines.append("- May not be passed on: it stays out of everything that is made to be shared.")
    return lines


def generated(declarations: Mapping[str, Declaration]) -> dict[Path, str]:
    """Return every generated file, by its path in the project."""
    files = {STAGING / f"stg_{name}.sql": staging_model(source) for name, source in declarations.items()}
    files[STAGING / "_sources.yml"] = dbt_sources(declarations)
    files[Path("docs/sources.md")] = data_dictionary(declarations)
    return files


def stale(root: Path = PROJECT_ROOT) -> dict[Path, str | None]:
    """Return the generated files that differ from what the declarations say; None means: should not exist."""
    wanted = generated(load_declarations())
    found = {path.relative_to(root) for path in (root / STAGING).glob("*") if path.is_file()}
    changed: dict[Path, str | None] = dict.fromkeys(sorted(found - set(wanted)))
    for path, text in wanted.items():
        full = root / path
        if not full.exists() or full.read_text(encoding="utf-8") != text:
            changed[path] = text
    return changed


def write(root: Path = PROJECT_ROOT) -> list[Path]:
    """Bring the generated files up to date; return the ones that changed."""
    changed = stale(root)
    for path, text in changed.items():
        full = root / path
        if text is None:
            full.unlink()
        else:
            full.parent.mkdir(parents=True, exist_ok=True)
            full.write_text(text, encoding="utf-8")
    return list(changed)


if __name__ == "__main__":
    if "--check" in sys.argv:
        if late := stale():
            sys.exit(f"Stale generated files: {', '.join(map(str, late))}. Run `make generate`.")
    else:
        for path in write():
            sys.stdout.write(f"wrote {path}\n")
