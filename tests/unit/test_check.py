"""`atlas sources check` tells how sources stand on the web, and keeps nothing."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest import archive
from ingest import load as loading
from ingest.check import SourceCheck, check
from ingest.declaration import Declaration, load_declarations
from ingest.home import Home
from ingest.ops import Ops
from ingest.web import client as web_client
from orchestration import show
from tests.conftest import TODAY, Tiny, csv_of
from tests.unit.test_http_transport import GOOD, NEWER, URL, declared
from tests.web import HTML, Web


def asked(home: Home, ops: Ops, declaration: Declaration, day: Any = TODAY, *, use_mirror: bool = True) -> SourceCheck:
    web_client.client.cache_clear()
    return check(home, ops, declaration, day, use_mirror=use_mirror)


def kept(home: Home, ops: Ops) -> tuple[list[Path], int]:
    return sorted(home.archive.rglob("*")), ops.table("fetch_log").height


def answers(one: SourceCheck) -> tuple[bool | None, ...]:
    return one.is_reachable, one.is_changed, one.is_stale, one.is_drifted


def test_a_source_as_it_is_archived_needs_nothing(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    web.serve(URL, GOOD)
    declaration = declared(tiny)
    loading.load(home, ops, declaration, TODAY)
    before = kept(home, ops)
    found = asked(home, ops, declaration)
    assert answers(found) == (True, False, False, False)
    assert found.notes == []
    assert kept(home, ops) == before


def test_new_content_is_told_and_not_kept(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    web.serve(URL, GOOD)
    declaration = declared(tiny)
    found = asked(home, ops, declaration)
    assert answers(found) == (True, True, False, False)
    assert "Nothing of it is archived yet" in found.notes[0]
    loading.load(home, ops, declaration, TODAY)
    before = kept(home, ops)
    web.serve(URL, NEWER)
    found = asked(home, ops, declaration)
    assert answers(found) == (True, True, False, False)
    assert found.notes == ["Run `atlas refresh` to load it."]
    assert kept(home, ops) == before


def test_old_content_is_stale_although_it_is_served(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    web.serve(URL, GOOD)
    declaration = declared(tiny)
    loading.load(home, ops, declaration, TODAY)
    found = asked(home, ops, declaration, TODAY + timedelta(days=31))
    assert answers(found) == (True, False, True, False)
    assert "no older than 30 days" in found.notes[0]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"iso_code,worth\nFRA,1\n", "no value"),
        (b"iso_code,value\nFRA,many\n", "many"),
        (b"iso_code,value,more\nFRA,1,2\n", "more"),
        (b"iso_code,value\nFRA\n", "cells"),
        (HTML, "markup"),
    ],
)
def test_another_format_is_drift(home: Home, ops: Ops, tiny: Tiny, web: Web, content: bytes, told: str) -> None:
    web.serve(URL, content)
    found = asked(home, ops, declared(tiny))
    assert (found.is_reachable, found.is_drifted) == (True, True)
    assert told in " ".join(found.notes)


def test_nobody_there_is_not_reachable(home: Home, ops: Ops, tiny: Tiny) -> None:
    found = asked(home, ops, declared(tiny))
    assert answers(found) == (False, None, None, None)
    assert "no connection to data.example.org" in found.notes[0]


def test_live_asks_past_the_mirror(home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    web.serve(URL, GOOD)
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: (_ for _ in ()).throw(OSError("no such host")))
    found = asked(home, ops, declared(tiny), use_mirror=False)
    assert found.is_reachable is False
    assert web.asked == []


def test_a_source_without_its_key_is_not_asked(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    found = asked(home, ops, declared(tiny, requires_env=["TINY_KEY"]))
    assert answers(found) == (None, None, None, None)
    assert "Set TINY_KEY" in found.notes[0]
    assert web.asked == []


def test_a_newer_wheel_with_other_data_is_told_and_one_with_the_same_is_not(home: Home, ops: Ops, tiny: Tiny) -> None:
    first = tiny.wheel("1.0", TODAY, GOOD)
    declaration = tiny.declare_package(first)
    archive.store(home.archive, first.content)
    loading.load(home, ops, declaration, TODAY)
    tiny.wheel("1.1", TODAY, GOOD).put(tiny.wheels)
    assert answers(asked(home, ops, declaration)) == (True, False, False, False)
    tiny.wheel("1.2", TODAY, csv_of(FRA=9)).put(tiny.wheels)
    found = asked(home, ops, declaration)
    assert answers(found) == (True, True, False, False)
    assert "Version 1.2 holds other data than 1.0" in found.notes[0]


def test_a_reviewed_file_is_compared(home: Home, ops: Ops, tiny: Tiny) -> None:
    tiny.publish(GOOD)
    declaration = tiny.declare()
    loading.load(home, ops, declaration, TODAY)
    assert answers(asked(home, ops, declaration)) == (True, False, False, False)
    tiny.publish(NEWER)
    assert answers(asked(home, ops, declaration))[1] is True


def test_a_person_sees_a_table_and_what_to_do(
    tiny: Tiny, web: Web, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    web.serve(URL, b"iso_code,worth\nFRA,1\n")
    monkeypatch.setitem(load_declarations(), "tiny", declared(tiny))
    show.check(["tiny"], use_mirror=True)
    said = capsys.readouterr().out
    assert "drifted" in said
    assert "tiny: columns_present" in said
