"""Every fault of the web against every source read over HTTP: the right status, the right words, nothing changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

import polars as pl
import pytest

from ingest import load as loading
from ingest.declaration import Declaration, get_declaration
from ingest.home import Home, open_home
from ingest.ops import Ops
from ingest.warehouse import source_table
from ingest.web import client as web_client
from tests.conftest import TODAY
from tests.fixtures.kit import Row
from tests.fixtures.published import asked, good_rows, is_reshaped, made_up_keys, published_name, written_by_parser
from tests.pipeline import sources_of_tables
from tests.web import HTML, Web, http_sources, running, serve_rows

SOURCES = http_sources()


@dataclass
class Stand:
    """A source with a good vintage of the first day, and a web that can go wrong on each day after."""

    declaration: Declaration
    home: Home
    web: Web
    rows: list[Row]
    days: int = 0
    waits: list[float] = field(default_factory=list)

    @property
    def step(self) -> int:
        """Days until the source is asked again: an edition of a dated source is asked for once."""
        return 32 if self.declaration.dated else 1

    @property
    def next_day(self) -> date:
        return TODAY + timedelta(days=self.days)

    def load(self, monkeypatch: pytest.MonkeyPatch) -> tuple[loading.Load, date]:
        """Load the source on a new day, in a run of its own."""
        day = self.next_day
        self.days += self.step
        self.waits.clear()
        serve_rows(self.web, self.declaration.source_id, self.rows, day)
        monkeypatch.setenv("ATLAS_MIRROR", self.web.address)
        monkeypatch.setenv("ATLAS_NOW", str(day))
        monkeypatch.setattr(web_client, "client", cache(lambda: web_client.Client(self.waits.append)))
        with Ops(self.home.ops_db) as ops:
            return loading.load(self.home, ops, self.declaration, day), day

    def table(self) -> pl.DataFrame:
        """Return what the marts read of the source."""
        with Ops(self.home.ops_db) as ops:
            return source_table(self.home, ops, self.declaration, TODAY + timedelta(days=400 * self.step))

    def failed_rules(self, day: date) -> set[str]:
        with Ops(self.home.ops_db) as ops:
            newest = ops.vintages(self.declaration.source_id, day)[-1]
            checks = ops.checks(self.declaration.source_id, newest.content_sha256)
        return {check["rule"] for check in checks if check["outcome"] == "failed" and check["severity"] != "warn"}


# Each source takes some seconds: those that no table rests on are walked with the slow tests.
PARAMS = [
    source_id if source_id in sources_of_tables() else pytest.param(source_id, marks=pytest.mark.slow)
    for source_id in SOURCES
]


@pytest.fixture(scope="module", params=PARAMS)
def stand(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with pytest.MonkeyPatch.context() as patch, running() as web:
        patch.setenv("ATLAS_HOME", str(tmp_path_factory.mktemp(request.param)))
        for name, value in made_up_keys().items():
            patch.setenv(name, value)
        found = Stand(get_declaration(request.param), open_home(), web, good_rows(request.param))
        done, _ = found.load(patch)
        assert done.status == "fetched", done.message
        yield found


@dataclass(frozen=True)
class Expected:
    """A fault of every address of a source, and how the load has to end."""

    fault: dict[str, Any]
    statuses: tuple[str, ...]
    words: str


FAULTS = {
    "503 twice, then fine": Expected({"status": 503, "times": 2}, ("unchanged",), ""),
    "429 with Retry-After, then fine": Expected(
        {"status": 429, "headers": {"Retry-After": "2"}, "times": 1, "body": b"slow down"}, ("unchanged",), ""
    ),
    "503 for good": Expected({"status": 503}, ("unreachable",), "answered 503, asked 3 times"),
    "429 for an hour": Expected(
        {"status": 429, "headers": {"Retry-After": "3600"}}, ("unreachable",), "left alone for 3600 s"
    ),
    "cut short, length declared": Expected({"keep": 0.5}, ("failed",), "cut short"),
    # A page that is no JSON ends the fetch; a file is archived, and the gate stops it.
    "cut short, no length": Expected(
        {"keep": 0.5, "declares_length": False}, ("quarantined", "failed"), "expected"
    ),
    "a page of HTML": Expected({"body": HTML, "content_type": "text/html"}, ("failed",), "expected "),
    "a page of HTML called data": Expected({"body": HTML}, ("failed",), "a page of markup"),
    "an entity bomb": Expected(
        {"body": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'},
        ("failed",), "a page of markup",
    ),
    "nothing": Expected({"body": b""}, ("failed",), "an empty answer"),
    "another host": Expected(
        {"status": 302, "headers": {"Location": "https://parked.example.com/"}}, ("failed",), "does not name"
    ),
    "a local address": Expected(
        {"status": 302, "headers": {"Location": "http://127.0.0.1/"}}, ("failed",), "local address"
    ),
    "5 GB": Expected({"headers": {"Content-Length": str(5 * 2**30)}}, ("failed",), "at most"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_ends_in_its_status_and_changes_nothing(
    stand: Stand, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = FAULTS[name]
    before = stand.table()
    for url in asked(stand.declaration.source_id, stand.next_day).files.values():
        stand.web.fault(url.split("?")[0], **expected.fault)
    done, _ = stand.load(monkeypatch)
    stand.web.mend()
    assert done.status in expected.statuses, (done.status, done.message)
    assert expected.words in (done.message or "")
    assert stand.table().equals(before)
    if "Retry-After" in expected.fault.get("headers", {}) and done.is_good:
        assert 2.0 in stand.waits


def test_a_host_that_does_not_answer_in_time_is_unreachable(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_client, "READ_SECONDS", 0.03)
    before, declaration = stand.table(), stand.declaration
    transport = declaration.transport.model_copy(update={"answer_seconds": None})
    stand.declaration = declaration.model_copy(update={"transport": transport})
    stand.web.fault("", delay_seconds=0.4)
    done, _ = stand.load(monkeypatch)
    stand.web.mend()
    stand.declaration = declaration
    assert done.status == "unreachable"
    assert "no answer in time, asked 3 times" in (done.message or "")
    assert stand.table().equals(before)


def bad_load(stand: Stand, rows: list[Row], monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Serve rows the gate has to stop; return the rules that stopped them."""
    before, good = stand.table(), stand.rows
    stand.rows = rows
    done, day = stand.load(monkeypatch)
    stand.rows = good
    assert done.status == "quarantined", (done.status, done.message)
    assert "expected:" in (done.message or "")
    assert stand.table().equals(before)
    return stand.failed_rules(day)


def test_a_renamed_column_is_named(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    if is_reshaped(stand.declaration.source_id):
        pytest.skip("the file is no table: its module tells what a renamed field does")
    for column in stand.declaration.columns:
        name = published_name(stand.declaration.source_id, column)
        if column.key or name in written_by_parser(stand.declaration.source_id):
            continue
        rows = [{"Renamed" if key == name else key: value for key, value in row.items()} for row in good_rows(
            stand.declaration.source_id)]  # fmt: skip
        assert "columns_present" in bad_load(stand, rows, monkeypatch), name


def measures(declaration: Declaration) -> list[str]:
    """Return the published names of a source's figures: numbers with a unit that counts or measures something."""
    return [
        name
        for column in declaration.columns
        if column.type in ("number", "integer") and not column.key and column.unit != "identifier"
        and (name := published_name(declaration.source_id, column)) not in written_by_parser(declaration.source_id)
    ]  # fmt: skip


def _thousandfold(value: Any) -> Any:
    return value * 1000 if isinstance(value, int | float) else value


def test_a_figure_in_another_unit_is_stopped(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    names = measures(stand.declaration)
    if not names:
        pytest.skip("the source has no figures")
    change: Callable[[Row, str], Row] = lambda row, name: row | {name: _thousandfold(row[name])}  # noqa: E731
    for name in names:
        rows = [change(row, name) for row in good_rows(stand.declaration.source_id)]
        assert bad_load(stand, rows, monkeypatch), name


def test_the_next_good_day_is_good(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    done, _ = stand.load(monkeypatch)
    assert done.status in ("fetched", "unchanged"), done.message
    assert "infra-atlas/" in stand.web.asked[-1].headers["User-Agent"]
