"""Files that follow from the declarations and the dbt project: staging models, dbt sources, and the documents.

`python -m orchestration.generate` writes them; with `--check` it only tells which are stale (exit code 1).
"""

import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ingest import dictionary
from ingest.declaration import Declaration, load_declarations
from ingest.dictionary import HEADER
from ingest.errors import AtlasError
from ingest.home import PROJECT_ROOT
from orchestration import lineage, reader_pages
from orchestration.ops_words import OPS_WORDS
from orchestration.questions import load_questions
from orchestration.units import unit_of

STAGING = Path("dbt_project/models/staging")
# The tables of facts, in the order readers meet them. Seeds are published in `core`.
MODELS = {"marts": Path("dbt_project/models/marts"), "core": Path("dbt_project/models/core")}
SEEDS = Path("dbt_project/seeds")
TABLE_SOURCES = Path("dbt_project/seeds/ref_table_source.csv")
SOURCES_PAGE, TABLES_PAGE = Path("docs/sources.md"), Path("docs/dictionary.md")


@cache
def _described(path: Path) -> dict[str, dict[str, Any]]:
    """Return the tables the dbt properties files of a folder describe, by name."""
    contents = [yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader) for file in sorted(path.glob("*.yml"))]
    return {table["name"]: table for one in contents for kind in ("models", "seeds") for table in one.get(kind, [])}


def _is_published(table: Mapping[str, Any]) -> bool:
    return table.get("config", {}).get("meta", {}).get("is_published", True)


def table_sources(root: Path = PROJECT_ROOT) -> dict[str, list[str]]:
    """Return the sources each model of facts rests on, directly or through others, by table.

    Told by the names in SQL and Python, without dbt: the documents are made before dbt can parse what they describe.
    """
    models = root / "dbt_project/models"
    written = [*models.glob("*/*.sql"), *models.glob("*/*.py")]
    paths = sorted(path for path in written if path.parent.name != "staging")
    # Models that read several sources alike name them in a list and refer to them in a loop.
    named = {path.stem: set(re.findall(r'"(?:stg_)?(\w+)"', path.read_text(encoding="utf-8"))) for path in paths}
    feeds = {source_id for source_id, source in load_declarations().items() if source.is_feed}
    parents = named | {dictionary.FEEDS_MODEL.removeprefix("stg_"): feeds}
    return {name: sorted(_above(name, parents) & set(load_declarations())) for name in named}


def _above(name: str, parents: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    left = [name]
    while left:
        new = parents.get(left.pop(), set()) - found
        found |= new
        left += new
    return found


def table_source_seed(sources: Mapping[str, list[str]], root: Path = PROJECT_ROOT) -> str:
    """Return the seed that tells the sources of each table readers get."""
    tables = {name: table for path in MODELS.values() for name, table in _described(root / path).items()}
    rows = [
        f"{table},{source}"
        for table, of_table in sorted(sources.items())
        if _is_published(tables.get(table, {}))
        for source in of_table
    ]
    return "\n".join(["table_name,source_id", *rows, ""])


def tables_page(declarations: Mapping[str, Declaration], root: Path = PROJECT_ROOT) -> str:
    """Return `docs/dictionary.md`: every published table with its columns, units and the terms of its sources."""
    sources = table_sources(root)
    lines = [f"<!-- {HEADER} -->", "# Tables", "",
             "Every table readers get. The sources are described in [sources.md](sources.md).", ""]  # fmt: skip
    for schema, path in MODELS.items():
        for name, table in _described(root / path).items():
            if not _is_published(table):
                continue
            rests_on = [declarations[source] for source in sources[name] if source in declarations]
            lines += [f"## {schema}.{name}", "", str(table["description"]).strip(), "", *_terms(rests_on)]
            lines += _columns((c["name"], str(c["data_type"]), c["description"]) for c in table["columns"])
    for name, table in _described(root / SEEDS).items():
        config = table.get("config", {})
        types = config.get("column_types", {})
        lines += [f"## {config.get('schema', 'core')}.{name}", "", str(table["description"]).strip(), ""]
        lines += _columns((c["name"], types.get(c["name"], ""), c["description"]) for c in table["columns"])
    for name, (about, columns) in OPS_WORDS.items():
        lines += [f"## ops.{name}", "", about, ""]
        lines += _columns((column, "", words) for column, words in columns.items())
    return "\n".join(lines)


def _terms(sources: list[Declaration]) -> list[str]:
    """Return the lines a reader has to show, and what else binds whoever passes the table on."""
    if not sources:
        return []
    lines = ["Rests on:", ""]
    for source in sources:
        licence = source.licence
        bound = " Share alike." if licence.share_alike else ""
        lines.append(
            f"- `{source.source_id}` ({licence.id}; published {source.cadence.publishes}; history class "
            f"{source.history_class}). Show: {licence.attribution}.{bound}"
        )
    return [*lines, ""]


def _columns(columns: Iterator[tuple[str, str, str]]) -> list[str]:
    rows = [f"| {name} | {kind} | {unit_of(name, kind) or ''} | {words} |" for name, kind, words in columns]
    return ["| column | type | unit | description |", "|---|---|---|---|", *rows, ""]


def for_dbt(declarations: Mapping[str, Declaration], root: Path = PROJECT_ROOT) -> dict[Path, str]:
    """Return the generated files dbt reads, by their path in the project."""
    files = {STAGING / f"stg_{name}.sql": dictionary.staging_model(source) for name, source in declarations.items()}
    files[STAGING / f"{dictionary.FEEDS_MODEL}.sql"] = dictionary.feeds_model(declarations)
    files[STAGING / "_sources.yml"] = dictionary.dbt_sources(declarations)
    files[TABLE_SOURCES] = table_source_seed(table_sources(root), root)
    files[lineage.SEED] = lineage.seed(described_marts(root))
    files[reader_pages.EXPOSURES] = reader_pages.exposures(load_questions(root), columns(root))
    return files


def described_marts(root: Path = PROJECT_ROOT) -> dict[str, dict[str, Any]]:
    """Return the tables of `marts` as their properties files describe them, by name."""
    return _described(root / MODELS["marts"])


def columns(root: Path = PROJECT_ROOT) -> dict[str, list[str]]:
    """Return the columns of every table of facts, by its name."""
    described = [_described(root / path) for path in (*MODELS.values(), SEEDS)]
    return {name: [column["name"] for column in table["columns"]] for one in described for name, table in one.items()}


def documents(declarations: Mapping[str, Declaration], root: Path = PROJECT_ROOT) -> dict[Path, str]:
    """Return the generated documents, by their path in the project."""
    questions = load_questions(root)
    entries = yaml.safe_load((root / reader_pages.COVERAGE).read_text(encoding="utf-8"))
    return {
        reader_pages.QUESTIONS_PAGE: reader_pages.questions_page(questions),
        reader_pages.COVERAGE_PAGE: reader_pages.coverage_page(entries, questions, columns(root)),
        SOURCES_PAGE: dictionary.sources_page(declarations, table_sources(root)),
        TABLES_PAGE: tables_page(declarations, root),
    }


def stale(root: Path = PROJECT_ROOT) -> dict[Path, str | None]:
    """Return the generated files that differ from what they follow from; None means: should not exist."""
    declarations = load_declarations()
    return _differing(root, for_dbt(declarations, root) | documents(declarations, root))


def _differing(root: Path, wanted: Mapping[Path, str]) -> dict[Path, str | None]:
    found = {path.relative_to(root) for path in (root / STAGING).glob("*") if path.is_file()}
    changed: dict[Path, str | None] = dict.fromkeys(sorted(found - set(wanted)))
    for path, text in wanted.items():
        full = root / path
        if not full.exists() or full.read_text(encoding="utf-8") != text:
            changed[path] = text
    return changed


def write_for_dbt(root: Path = PROJECT_ROOT) -> list[Path]:
    """Bring the files dbt reads up to date; return the ones that changed."""
    return _write(root, _differing(root, for_dbt(load_declarations(), root)))


def write(root: Path = PROJECT_ROOT) -> list[Path]:
    """Bring all generated files up to date; return the ones that changed."""
    return _write(root, stale(root))


def _write(root: Path, changed: Mapping[Path, str | None]) -> list[Path]:
    for path, text in changed.items():
        full = root / path
        if text is None:
            full.unlink()
        else:
            full.parent.mkdir(parents=True, exist_ok=True)
            full.write_text(text, encoding="utf-8")
    return list(changed)


def main() -> None:
    """Write the generated files, or with `--check` tell which are stale."""
    if "--check" not in sys.argv:
        for path in write():
            sys.stdout.write(f"wrote {path}\n")
    elif late := stale():
        sys.exit(f"Stale generated files: {', '.join(map(str, late))}. Run `make generate`.")


if __name__ == "__main__":
    try:
        main()
    except AtlasError as error:
        sys.exit(str(error))
