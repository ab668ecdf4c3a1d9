"""What each column of a mart is made of, as its properties file says; the seed `ref_column_input` brings it to readers.

A column of a mart is a key (its `unique_grain` test names it), or its `meta` says what it is: `figure: x`, read as such
from a source and told by `mart_lineage`; `made_of: [a, b]`, computed from other columns of the mart; `role: label`.
What the `meta` of the mart says holds for every column that says nothing: `figure: row` where rows are traced whole.
Beside `figure` or `made_of`, `parameters: [p]` names the rows of `ref_parameter` that went into it; `{column}` in a
name stands for that column of the row.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

SEED = Path("dbt_project/seeds/ref_column_input.csv")
# Columns that mean the same in every mart and tell of a row, not of a figure.
ROW = frozenset({"history", "iso3", "as_of", "known_at", "is_latest", "grade", "source_id", "assumption_set_id"})
# The parts of a row's key that `mart_lineage` has as columns of their own.
OF_CLOCK_AND_PLACE = ("history", "iso3", "as_of", "known_at")
# The figure of a column that is traced with its whole row.
WHOLE_ROW = "row"
# What the meta of a mart can say for its columns.
OF_COLUMNS = ("figure", "parameters")
Table = Mapping[str, Any]


class Input(NamedTuple):
    """One row of the seed: `kind` is key, label, figure or parameter."""

    mart: str
    column_name: str
    kind: str
    input: str


def traced(tables: Mapping[str, Table]) -> dict[str, Table]:
    """Return the marts whose figures are traced: all that do not say otherwise."""
    return {
        name: table
        for name, table in tables.items()
        if name.startswith("mart_") and table.get("config", {}).get("meta", {}).get("is_traced", True)
    }


def key_of(table: Table) -> list[str]:
    """Return the columns that tell the rows of a mart apart."""
    grains = [test["unique_grain"] for test in table.get("data_tests", []) if "unique_grain" in test]
    return list(grains[0]["arguments"]["columns"]) if grains else []


def inputs(tables: Mapping[str, Table]) -> list[Input]:
    """Return what every declared column of the traced marts comes down to."""
    found: list[Input] = []
    for name, table in sorted(traced(tables).items()):
        key, told = key_of(table), _told(table)
        # Numbered, since a table of readers has no order.
        found += [Input(name, column, "key", f"{place:02d}") for place, column in enumerate(key)]
        for column in (column["name"] for column in table["columns"] if column["name"] not in key):
            if column in ROW or told[column].get("role") == "label":
                found.append(Input(name, column, "label", column))
                continue
            steps = list(_steps(column, told))
            figures = {figure for step in steps for figure in _list(step.get("figure"))}
            parameters = {parameter for step in steps for parameter in step.get("parameters", [])}
            found += [Input(name, column, "figure", figure) for figure in sorted(figures)]
            found += [Input(name, column, "parameter", parameter) for parameter in sorted(parameters)]
    return found


def faults(tables: Mapping[str, Table], parameters: frozenset[str]) -> list[str]:
    """Return one line for every column of a traced mart that does not say what it is, or says what cannot be."""
    found = []
    for name, table in sorted(traced(tables).items()):
        key, told = key_of(table), _told(table)
        if not key:
            found.append(f"{name} has no unique_grain test")
        for column, meta in told.items():
            ways = {"figure", "made_of", "role"} & set(meta)
            if column not in {*key, *ROW} and len(ways) != 1:
                found.append(f"{name}.{column} says neither figure, made_of nor role" if not ways else
                             f"{name}.{column} says {' and '.join(sorted(ways))}")  # fmt: skip
            if meta.get("role", "label") != "label":
                found.append(f"{name}.{column}: a role is label, not {meta['role']!r}")
            found += [f"{name}.{column} is made of {other}, which {name} has not"
                      for other in meta.get("made_of", []) if other not in told]  # fmt: skip
            found += [f"{name}.{column} names the parameter {parameter}, which there is not"
                      for parameter in meta.get("parameters", []) if not _is_any(parameter, parameters)]  # fmt: skip
            if "made_of" in meta and not any("figure" in step for step in _steps(column, told)):
                found.append(f"{name}.{column} is made of no figure in the end")
    return found


def seed(tables: Mapping[str, Table]) -> str:
    """Return the seed that tells readers what columns are made of."""
    rows = [",".join(one) for one in inputs(tables)]
    return "\n".join(["mart,column_name,input_kind,input", *rows, ""])


def row_key(key: list[str], row: Mapping[str, Any]) -> str:
    """Return what tells a row in its mart beside clock and country, as `mart_lineage` writes it."""
    has_clock = "history" in key
    own = [column for column in key if column not in (OF_CLOCK_AND_PLACE if has_clock else ("iso3",))]
    return ",".join(f"{column}={row[column]}" for column in own)


def _told(table: Table) -> dict[str, dict[str, Any]]:
    of_all = {name: said for name, said in table.get("config", {}).get("meta", {}).items() if name in OF_COLUMNS}
    return {column["name"]: column.get("config", {}).get("meta", {}) or of_all for column in table["columns"]}


def _steps(column: str, told: Mapping[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield what a column and all it is made of say of themselves, each once."""
    seen: set[str] = set()
    left = [column]
    while left:
        name = left.pop()
        if name in seen or name not in told:
            continue
        seen.add(name)
        yield told[name]
        left += told[name].get("made_of", [])


def _is_any(parameter: str, parameters: frozenset[str]) -> bool:
    named = "[^.]+".join(re.escape(part) for part in re.split(r"\{\w+\}", parameter))
    return any(re.fullmatch(named, one) for one in parameters)


def _list(figure: str | list[str] | None) -> list[str]:
    return [] if figure is None else [figure] if isinstance(figure, str) else figure
