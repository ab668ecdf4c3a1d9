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

STAGING = Path("dbt_project/models/staging")
# The tables of facts, in the order readers meet them. Seeds are published in `core`.
MODELS = {"marts": Path("dbt_project/models/marts"), "core": Path("dbt_project/models/core")}
SEEDS = Path("dbt_project/seeds")
TABLE_SOURCES = Path("dbt_project/seeds/ref_table_source.csv")
SOURCES_PAGE, TABLES_PAGE = Path("docs/sources.md"), Path("docs/dictionary.md")
NUMERIC = re.compile(r"(tinyint|smallint|integer|bigint|hugeint|float|double|decimal)\b")
# What a name means wherever it stands: units end names, counts begin with n_.
UNITS = {
    r"^n_": "count", r"_mw_per_year$": "MW a year", r"_twh_per_year$": "TWh a year", r"_mtco2_": "MtCO2 a year",
    r"_usd_mwh$": "USD/MWh", r"_eur_mwh$": "EUR/MWh", r"^build_years_": "years",
    r"_ratio(_|$)|^price_rel_": "ratio", r"^usd_per_eur$": "USD per EUR",
    r"_pct$": "percent", r"_mw(_|$)": "MW", r"_gw$": "GW", r"_twh(_|$)": "TWh", r"_gco2_kwh$": "gCO2/kWh",
    r"_usd$": "USD",
    r"_deg$": "degrees", r"_days$": "days", r"(^|_)year$": "year", r"(^|_)share(_|$)": "share, 0 to 1",
    r"(^|_)n_": "count", r"^gpu_count$": "accelerators", r"^population$": "people", r"_score$": "score, 0 to 1",
    r"^rel_": "share of the earlier value", r"(_|^)stage$": "number of the stage, see ref_programme_stage",
    r"^p[1-4]_|maturity$": "0 none, 1 announced, 2 contracted, 3 delivered",
    r"(^|_)pkg_": "parts of the package, 0 to 4",
    r"^(rank|tier|spell|recency_\w+)$": "rank, 1 first", r"^buildings_": "buildings",
    r"^mw_": "MW", r"^p(05|50|95)$": "share, 0 to 1", r"_months$": "months",
    r"^(prev_value|value|low|high|\w+_median)$": "unit of the row's metric",
    r"^investment_amount$": "unit of investment_currency",
    r"_id$": "identifier", r"^attempts$": "count", r"_0_100$": "0 to 100",
    r"^stated(_|$)": "-1 to 1", r"^hedging$": "0 to 1", r"^revealed_\w+_(min|max)$": "share, 0 to 1",
    r"^(estimate|standard_error)$": "standard normal units",
    r"^hhi_": "0 to 10,000", r"^(us|cn|foreign|top_home|top_org|us_world)_(min|max|of_known)$": "share, 0 to 1",
    r"_(est|part)$": "share, 0 to 1", r"^total_weight$": "MW, or phases", r"(^|_)rank_": "rank, 1 first",
    r"^(source_tier|corroboration|recency|specificity|agreement)$": "score, 0 to 1",
    r"^v_(central|at_low|at_high)$": "unit of the row's metric", r"^twh_": "TWh",
    r"(^|_)mtco2_": "million tonnes CO2 a year", r"_years(_|$)": "years",
}  # fmt: skip


def unit_of(column: str) -> str | None:
    """Return the unit a column's name stands for, or None where it tells none."""
    return next((unit for pattern, unit in UNITS.items() if re.search(pattern, column)), None)


@cache
def _described(path: Path) -> dict[str, dict[str, Any]]:
    """Return the tables the dbt properties files of a folder describe, by name."""
    contents = [yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader) for file in sorted(path.glob("*.yml"))]
    return {table["name"]: table for one in contents for kind in ("models", "seeds") for table in one.get(kind, [])}


def _is_published(table: Mapping[str, Any]) -> bool:
    return table.get("config", {}).get("meta", {}).get("is_published", True)


def table_sources(root: Path = PROJECT_ROOT) -> dict[str, list[str]]:
    """Return the sources each model of facts rests on, directly or through others, by table.

    Told by the names in the SQL, without dbt: the documents are made before dbt can parse what they describe.
    """
    paths = sorted(path for path in (root / "dbt_project/models").glob("*/*.sql") if path.parent.name != "staging")
    # Models that read several sources alike name them in a list and refer to them in a loop.
    named = {path.stem: set(re.findall(r'"(?:stg_)?(\w+)"', path.read_text(encoding="utf-8"))) for path in paths}
    return {name: sorted(_above(name, named) & set(load_declarations())) for name in named}


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
        types = table.get("config", {}).get("column_types", {})
        lines += [f"## core.{name}", "", str(table["description"]).strip(), ""]
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
    rows = [
        f"| {name} | {kind} | {(unit_of(name) or '') if not kind or NUMERIC.match(kind) else ''} | {words} |"
        for name, kind, words in columns
    ]
    return ["| column | type | unit | description |", "|---|---|---|---|", *rows, ""]


def for_dbt(declarations: Mapping[str, Declaration], root: Path = PROJECT_ROOT) -> dict[Path, str]:
    """Return the generated files dbt reads, by their path in the project."""
    files = {STAGING / f"stg_{name}.sql": dictionary.staging_model(source) for name, source in declarations.items()}
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
