"""The documents of the reader's questions, and what dbt is told of them: `docs/questions.md`, `docs/coverage.md`."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from ingest.dictionary import HEADER
from ingest.errors import AtlasError
from orchestration.questions import Question

QUESTIONS_PAGE, COVERAGE_PAGE, COVERAGE = Path("docs/questions.md"), Path("docs/coverage.md"), Path("docs/coverage.yml")
EXPOSURES = Path("dbt_project/models/marts/_questions.yml")
STATES = ("answered", "partly", "unknown", "not covered")
# The columns of each published table, by its name.
Tables = Mapping[str, Iterable[str]]


def exposures(questions: Mapping[int, Question], tables: Tables) -> str:
    """Return the exposures that tell dbt what each question reads; the questions themselves are plain SQL."""
    told = [
        {
            "name": one.path.stem, "label": f"Question {one.number}", "type": "analysis", "description": one.text,
            "owner": {"name": "infra-atlas"}, "depends_on": [f"ref('{name}')" for name in one.reads if name in tables],
        }
        for one in questions.values()
    ]  # fmt: skip
    text = yaml.safe_dump({"version": 2, "exposures": told}, sort_keys=False, allow_unicode=True, width=1000)
    return f"# {HEADER}\n{text}"


def questions_page(questions: Mapping[int, Question]) -> str:
    """Return `docs/questions.md`: each question, what it reads and what is known of it."""
    counts = {state: sum(one.answer == state for one in questions.values()) for state in ("yes", "partly", "no")}
    lines = [
        f"<!-- {HEADER} -->", "# Questions", "",
        f"{len(questions)} questions a reader may have. `atlas ask` lists them and `atlas ask 14` answers one from the "
        "published build; the SQL is in `dbt_project/analyses/questions`.", "",
        f"Answered: {counts['yes']}; in part: {counts['partly']}; not: {counts['no']}. Each says what its answer "
        "leaves out. The tables are described in [dictionary.md](dictionary.md).", "",
    ]  # fmt: skip
    for one in questions.values():
        lines += [
            f"## {one.number}. {one.text}", "",
            f"- Answered: {one.answer} — {one.note}",
            f"- Reads: {_quoted(one.reads)}",
            f"- Run: `atlas ask {one.number}`" + (f", drawn by `{one.drawing.central}`" if one.drawing else ""), "",
        ]  # fmt: skip
    return "\n".join(lines)


def coverage_page(entries: Sequence[Mapping[str, Any]], questions: Mapping[int, Question], tables: Tables) -> str:
    """Return `docs/coverage.md`. Raises AtlasError where a line names what does not exist."""
    if faults := coverage_faults(entries, questions, tables):
        raise AtlasError(f"{COVERAGE}: " + "; ".join(faults))
    states = ", ".join(f"{sum(entry['state'] == state for entry in entries)} {state}" for state in STATES)
    lines = [
        f"<!-- {HEADER} -->", "# Coverage", "",
        "The article \"OpenAI's Stargate for Countries\", line by line in our own words, and what the warehouse says "
        f"to it. Of {len(entries)} lines: {states}. *Unknown*: the column is there, and mostly says so. *Not "
        "covered*: nothing here speaks of it. The questions are in [questions.md](questions.md).", "",
        "| line | what it says | state | answered by | what stays open |", "|---|---|---|---|---|",
    ]  # fmt: skip
    lines += [
        f"| {entry['line']} | {entry['says']} | {entry['state']} | {_quoted(entry['by'])} | {entry['open']} |"
        for entry in entries
    ]
    return "\n".join([*lines, ""])


def coverage_faults(
    entries: Sequence[Mapping[str, Any]], questions: Mapping[int, Question], tables: Tables
) -> list[str]:
    """Return one line for every name that does not exist and every state that does not fit its names."""
    told = []
    for entry in entries:
        line, state, names = entry["line"], entry["state"], entry["by"]
        if state not in STATES:
            told.append(f"{line}: the state is one of {', '.join(STATES)}, not {state!r}")
        elif bool(names) == (state == "not covered"):
            told.append(f"{line}: what is {state} names " + ("nothing" if names else "a column or a question"))
        told += [f"{line}: {fault}" for name in names if (fault := _fault(name, questions, tables))]
    return told


def _fault(name: str, questions: Mapping[int, Question], tables: Tables) -> str | None:
    """Say what is wrong with a name, `Q14` or `mart.column`, if anything is."""
    number = name.removeprefix("Q")
    if number.isdecimal():
        if int(number) not in questions:
            return f"there is no question {number}"
        missing = [table for table in questions[int(number)].reads if table not in tables]
        return f"question {number} reads {', '.join(missing)}, which there is not" if missing else None
    table, _, column = name.partition(".")
    if table not in tables:
        return f"there is no table {table}"
    return None if column in tables[table] else f"there is no column {column!r} in {table}"


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
