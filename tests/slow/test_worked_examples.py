"""Every value of the tables of docs/worked_examples.md is that of the build of the recorded answers."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Protocol

import pytest

from ingest.home import PROJECT_ROOT

pytestmark = pytest.mark.slow

DOCUMENT = PROJECT_ROOT / "docs" / "worked_examples.md"
COUNTRIES = ["ARE", "NOR", "GBR", "IND", "KAZ"]
TEXT = DOCUMENT.read_text(encoding="utf-8")
BILLION = Decimal(10**9)


class Build(Protocol):
    """A published build and its folder."""

    home: Path

    ask: Callable[[str], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Key:
    """A row of a mart and columns in it, as `mart column=value,column=value column …`."""

    mart: str
    row: str
    columns: tuple[str, ...]

    def where(self) -> str:
        """Return the condition on the row, without the clock."""
        named = [part.split("=", 1) for part in self.row.split(",")]
        return " and ".join(f"cast({column} as varchar) = '{value}'" for column, value in named)


def parse_key(text: str) -> Key:
    mart, row, *columns = text.strip("` ").split()
    assert columns, f"a key without a column: {text}"
    return Key(mart, row, tuple(columns))


def section(country: str) -> str:
    """Return the part of the document about a country."""
    (found,) = re.findall(rf"^## {country}: .+?(?=^## |\Z)", TEXT, flags=re.DOTALL | re.MULTILINE)
    return found


def tables(text: str, *needed: str) -> Iterator[dict[str, str]]:
    """Give the rows of the tables that have these columns."""
    for table in re.findall(r"(?:^\|.+\|\n)+", text, flags=re.MULTILINE):
        head, _, *rows = [[cell.strip() for cell in line.strip("|\n").split(" | ")] for line in table.splitlines()]
        if set(needed) <= set(head):
            yield from (dict(zip(head, row, strict=True)) for row in rows)


def agrees(told: str, found: object) -> bool:
    """Whether a value as told is the value found, rounded to as many places as it is told with."""
    if told == "unknown":
        return found is None or found == "unknown"
    if isinstance(found, bool):
        return told == str(found).lower()
    if isinstance(found, int | float | Decimal):
        number = re.fullmatch(r"(-?[\d,]+(?:\.\d+)?)( bn)?", told)
        if not number:
            return False
        said = Decimal(number[1].replace(",", ""))
        exact = Decimal(str(found)) / (BILLION if number[2] else 1)
        near = max(abs(exact) / 200, Decimal("0.0005"))  # so that 0.6 is not told as 1
        return exact.quantize(said, ROUND_HALF_UP) == said and abs(exact - said) <= near
    return told == str(found)


def columns_of(build: Build, mart: str) -> set[str]:
    return {name for (name,) in build.ask(
        f"select column_name from information_schema.columns where table_schema = 'marts' and table_name = '{mart}'"
    )}  # fmt: skip


def read(build: Build, key: Key, columns: list[str]) -> list[tuple[Any, ...]]:
    """Return these columns of the row; today's row where the key gives no history."""
    latest = "is_latest" in columns_of(build, key.mart) and "history=" not in key.row
    condition = key.where() + (" and is_latest" if latest else "")
    return build.ask(f"select {', '.join(columns)} from marts.{key.mart} where {condition}")


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_value_is_that_of_the_build(country: str, recorded_build: Build) -> None:
    rows = list(tables(section(country), "value", "mart and key"))
    assert len(rows) >= 12
    wrong = []
    for row in rows:
        key = parse_key(row["mart and key"])
        assert f"={country}" in key.row
        found = read(recorded_build, key, list(key.columns))
        if row["value"] == "no row":
            same = not found
        else:
            told = row["value"].split(" / ")
            same = (
                len(found) == 1
                and len(told) == len(found[0])
                and all(agrees(one, other) for one, other in zip(told, found[0], strict=True))
            )
        if not same:
            wrong.append((row["mart and key"], row["value"], found))
    assert wrong == []


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_day_of_a_timeline_is_that_of_its_key(country: str) -> None:
    for row in tables(section(country), "as known on", "mart and key"):
        key = parse_key(row["mart and key"])
        day = date.fromisoformat(row["as known on"])
        assert f"history=as_known,as_of={day}" in key.row or ("history=" not in key.row and f"known on {day}" in TEXT)


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_sources_of_a_value_are_those_of_its_row(country: str, recorded_build: Build) -> None:
    newest = {
        source_id: str(day)
        for source_id, day in recorded_build.ask("select source_id, vintage_known_at from marts.dim_source")
    }
    for row in tables(section(country), "mart and key", "source, vintage"):
        key = parse_key(row["mart and key"])
        if row["source, vintage"] == "none":
            assert set(row["value"].split(" / ")) in ({"no row"}, {"unknown"}), row
            continue
        naming = sorted(name for name in columns_of(recorded_build, key.mart) if name.endswith("source_id"))
        (found,) = read(recorded_build, key, naming)
        resting = {name for cell in found if cell for name in cell.split("; ")}
        for told in row["source, vintage"].split("; "):
            source_id, day = told.split()
            assert source_id in resting, (row["mart and key"], told, resting)
            assert newest[source_id] == day, told


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_trace_leads_where_the_document_says(country: str, recorded_build: Build) -> None:
    (command,) = re.findall(r"^\.venv/bin/atlas trace (.+)$", section(country), flags=re.MULTILINE)
    key = parse_key(command)
    assert len(key.columns) == 1
    others = [part for part in key.row.split(",") if not part.startswith("iso3=")]
    found = recorded_build.ask(
        "select figure, value, source_id, item, vintage_known_at, left(raw_sha256, 12), row_key "
        f"from marts.mart_lineage where is_latest and mart = '{key.mart}' and iso3 = '{country}'"
    )
    rows = list(tables(section(country), "sha256"))
    assert rows
    for row in rows:
        assert [
            line
            for line in found
            if (line[0], line[2], line[3]) == (row["figure"], row["source"], row["item"])
            and agrees(row["value"], line[1])
            and (str(line[4]), line[5]) == (row["vintage"], row["sha256"])
            and set(others) <= set(line[6].split(","))
        ], row
