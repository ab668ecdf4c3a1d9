"""Answers of the published build: a table for people, CSV and JSON for programs."""

import csv
import json
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich import box
from rich.markup import escape
from rich.table import Table

from ingest.errors import AtlasError, UsageError
from ingest.home import Home, open_home
from orchestration.draw import UNKNOWN, Bar, bars, number
from orchestration.questions import Drawing, Question, get_question, load_questions
from orchestration.show import out, say

if TYPE_CHECKING:
    import duckdb

# What a column of a table needs beside its words: its line and a blank on either side.
PADDING = 3
# Words wider than this may be folded; numbers never are.
FOLDED = 18
# Whole numbers from here on are told in thousands; years are not.
LONG = 10_000
FORMATS = ("table", "csv", "json")
Rows = Sequence[Sequence[Any]]


def open_published(home: Home) -> "duckdb.DuckDBPyConnection":
    """Return a read-only connection to the published build."""
    import duckdb

    path = home.published / "atlas.duckdb"
    if not path.exists():
        raise UsageError(f"Nothing is published under {home.root} yet. Run `atlas refresh` first.")
    try:
        con = duckdb.connect(str(path.resolve()), read_only=True)
    except duckdb.Error as error:
        raise AtlasError(
            f"The published build cannot be opened ({error}). Run `atlas refresh`, which makes it again."
        ) from None
    con.execute("set enable_external_access = false")
    con.execute("set search_path = 'marts,core,ops'")
    return con


def query(sql: str, format_: str) -> None:
    """Run one statement on the published build and print the answer."""
    check_format(format_)
    with open_published(open_home()) as con:
        names, rows = run(con, sql)
    print_rows(names, rows, format_)


def questions(format_: str) -> None:
    """Print the questions the project answers."""
    check_format(format_)
    told = [[one.number, one.text, one.answer] for one in load_questions().values()]
    print_rows(["number", "question", "answered"], told, format_)
    if format_ == "table":
        say("`atlas ask 14` answers one of them.")


def ask(asked: int, format_: str) -> None:
    """Answer a question of the project from the published build, and draw the answer where it is to be drawn."""
    check_format(format_)
    question = get_question(asked)
    with open_published(open_home()) as con:
        names, rows = answer(con, question)
    if format_ != "table":
        print_rows(names, rows, format_)
        return
    say(f"[bold]{question.number}. {escape(question.text)}[/bold]")
    print_rows([name.replace("_", " ") for name in names], rows, format_, read_cell)
    if question.drawing and rows:
        _draw(question.drawing, names, rows)
    say(f"Answered: {question.answer} — {escape(question.note)}")


def answer(con: "duckdb.DuckDBPyConnection", question: Question) -> tuple[list[str], Rows]:
    """Return the answer to a question. Raises AtlasError where the build lacks what it reads."""
    found = con.execute("select table_name from information_schema.tables").fetchall()
    if missing := sorted(set(question.reads) - {name for (name,) in found}):
        raise AtlasError(f"Question {question.number} reads {', '.join(missing)}, which this build does not have.")
    try:
        return run(con, question.sql)
    except UsageError as error:
        told = str(error).splitlines()[0]
        raise AtlasError(f"Question {question.number} does not fit this build. {told}") from None


def run(con: "duckdb.DuckDBPyConnection", sql: str) -> tuple[list[str], Rows]:
    """Return names and rows of one statement. Raises UsageError where it is not one that answers."""
    import duckdb

    reading = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
    try:
        statements = con.extract_statements(sql)
        if len(statements) != 1:
            raise UsageError(f"Ask one statement at a time; these are {len(statements)}.")
        if statements[0].type not in reading:
            told = statements[0].type.name.replace("_", " ")
            raise UsageError(f"The published build can only be read, with select, describe or show; this is {told}.")
        relation = con.sql(sql)
        return relation.columns, relation.fetchall()
    except duckdb.Error as error:
        told = str(error).split("Stack Trace")[0].strip()
        raise UsageError(f"The query failed: {told}") from None


def check_format(format_: str) -> None:
    """Raise UsageError for a format there is not."""
    if format_ not in FORMATS:
        raise UsageError(f"--format must be one of {', '.join(FORMATS)}; it is {format_!r}.")


def print_rows(names: Sequence[str], rows: Rows, format_: str, tell: Callable[[Any], str] | None = None) -> None:
    """Print rows in a format; `tell` says what a cell of a table for people holds."""
    if format_ == "csv":
        csv.writer(sys.stdout, lineterminator="\n").writerows([names, *rows])
    elif format_ == "json":
        told = [dict(zip(names, row, strict=True)) for row in rows]
        sys.stdout.write(json.dumps(told, default=_plain, ensure_ascii=False) + "\n")
    else:
        print_table(names, rows, tell or _cell)


def print_table(names: Sequence[str], rows: Rows, tell: Callable[[Any], str]) -> None:
    """Print rows as a table, or one below the other where the terminal has no room for whole words and numbers."""
    told = [[escape(tell(value)) for value in row] for row in rows]
    table, room = Table(), 1
    for index, name in enumerate(names):
        is_number = any(isinstance(row[index], int | float | Decimal) for row in rows)
        table.add_column(escape(name), justify="right" if is_number else "left", overflow="fold", no_wrap=is_number)
        cells = [len(row[index]) if is_number else min(len(row[index]), FOLDED) for row in told]
        room += PADDING + max((*map(len, name.split()), *cells), default=0)
    if room > out.width and rows:
        print_records(names, rows, tell)
        return
    for row in told:
        table.add_row(*row)
    out.print(table)


def print_records(names: Sequence[str], rows: Rows, tell: Callable[[Any], str]) -> None:
    """Print each row as a list of its columns, nothing of which is cut."""
    for row in rows:
        table = Table(box=box.SIMPLE, show_header=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in zip(names, row, strict=True):
            table.add_row(escape(name), escape(tell(value)))
        out.print(table)


def _draw(drawing: Drawing, names: Sequence[str], rows: Rows) -> None:
    def figure(row: dict[str, Any], column: str | None) -> float | None:
        value = row[column] if column else None
        return None if value is None else float(value)

    drawn = []
    for cells in rows:
        row = dict(zip(names, cells, strict=True))
        label = " ".join(str(row[column]) for column in drawing.labels)
        drawn.append(Bar(label, *(figure(row, name) for name in (drawing.central, drawing.low, drawing.high))))
    say(f"{drawing.central} ●" + (f", {drawing.low} ├ to ┤ {drawing.high}" if drawing.low else ""))
    for line in bars(drawn, out.width):
        out.print(line, highlight=False, markup=False, no_wrap=True, overflow="crop")
    say("")


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def read_cell(value: Any) -> str:
    """Return a cell as a reader takes it in: what is not known says so, and a figure has three digits."""
    if value is None:
        return UNKNOWN
    if isinstance(value, float | Decimal):
        return number(float(value))
    return f"{value:,}" if type(value) is int and value >= LONG else str(value)


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else str(value)
