"""A source read over HTTP: what is asked, what is believed, and what a person is told."""

import io
import json
import os
import shutil
import ssl
import subprocess
import time
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, quote_plus

import pytest

from ingest import archive, clock
from ingest import load as loading
from ingest.declaration import Declaration
from ingest.errors import DeclarationError, FetchError, UnreachableError, UsageError
from ingest.home import Home
from ingest.ops import Ops
from ingest.transport_declaration import HttpTransport
from ingest.transports import http
from ingest.web import client as web_client
from ingest.web import policy
from tests.conftest import TODAY, Tiny, csv_of
from tests.web import HTML, Web, gzip_bomb, running

URL = "https://data.example.org/tiny.csv"
GOOD, NEWER = csv_of(FRA=1, DEU=2), csv_of(FRA=3, DEU=4)
SECRET = "s3cr3t+of/the=test"


def declared(tiny: Tiny, *, parse: Any = None, requires_env: Sequence[str] = (), **transport: Any) -> Declaration:
    whole = {"kind": "http", "files": {"tiny.csv": URL}, "media_types": ["text/csv"], "deadline_seconds": 20}
    return tiny.declare(
        transport=whole | transport, parse=parse or {"format": "csv"}, requires_env=[*requires_env], history_class="D"
    )


def load(home: Home, ops: Ops, declaration: Declaration, day: date = TODAY) -> loading.Load:
    return loading.load(home, ops, declaration, day)


def rows(home: Home, ops: Ops, day: date = TODAY) -> list[tuple[object, ...]]:
    vintage = ops.in_force("tiny", day)
    return loading.read_landed(home, vintage).rows() if vintage else []


def recorded_status(ops: Ops, day: date) -> str:
    row = ops.day("tiny", day)
    assert row is not None
    return row["status"]


def new_run() -> None:
    web_client.client.cache_clear()


def next_day(monkeypatch: pytest.MonkeyPatch, days: int = 1) -> date:
    new_run()
    monkeypatch.setenv("ATLAS_NOW", str(TODAY + timedelta(days=days)))
    return TODAY + timedelta(days=days)


def test_a_file_is_fetched_archived_as_it_came_and_landed(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    web.serve(URL, GOOD)
    done = load(home, ops, declared(tiny))
    assert done.status == "fetched", done.message
    (fetched,) = ops.archived("tiny")
    assert archive.read(home.archive, fetched.raw_sha256) == GOOD
    assert rows(home, ops) == [("FRA", 1.0, "FRA"), ("DEU", 2.0, "DEU")]
    (log,) = ops.table("fetch_log").rows(named=True)
    assert (log["address"], log["attempts"], log["basis"]) == (URL, 1, "fetched")
    assert web.asked[0].headers["User-Agent"].startswith("infra-atlas/")


def test_an_unchanged_file_is_not_sent_again(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.serve(URL, GOOD)
    load(home, ops, declared(tiny))
    done = load(home, ops, declared(tiny), next_day(monkeypatch))
    assert done.status == "unchanged"
    assert "If-None-Match" in web.asked[1].headers
    assert ops.table("fetch_log")["status"].to_list() == ["fetched", "unchanged"]
    assert [vintage.known_at for vintage in ops.vintages("tiny")] == [TODAY]


def test_a_day_that_went_well_is_not_asked_for_again_and_a_bad_one_is(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.serve(URL, GOOD)
    for _ in range(2):
        assert load(home, ops, declared(tiny)).is_good
    assert recorded_status(ops, TODAY) == "fetched"
    assert len(web.asked) == 1
    day = next_day(monkeypatch)
    web.fault(URL, status=403)
    assert load(home, ops, declared(tiny), day).status == "failed"
    web.mend()
    assert load(home, ops, declared(tiny), day).status == "unchanged"
    assert recorded_status(ops, day) == "unchanged"
    assert len(web.asked) == 3


def test_a_changed_file_is_a_new_vintage(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.serve(URL, GOOD)
    load(home, ops, declared(tiny))
    web.serve(URL, NEWER)
    day = next_day(monkeypatch)
    assert load(home, ops, declared(tiny), day).status == "fetched"
    assert [rows(home, ops, on)[0][1] for on in (TODAY, day)] == [1.0, 3.0]


def test_what_is_no_longer_archived_is_asked_for_whole(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.serve(URL, GOOD)
    load(home, ops, declared(tiny))
    (fetched,) = ops.archived("tiny")
    archive.path_of(home.archive, fetched.raw_sha256).unlink()
    assert load(home, ops, declared(tiny), next_day(monkeypatch)).status == "unchanged"
    assert "If-None-Match" not in web.asked[1].headers
    assert archive.read(home.archive, fetched.raw_sha256) == GOOD


def test_a_past_day_is_not_asked_for(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    web.serve(URL, GOOD)
    assert load(home, ops, declared(tiny), TODAY - timedelta(days=1)).status == "no_vintage"
    assert web.asked == []


def test_a_clock_set_back_gets_nothing_from_the_live_web(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.serve(URL, GOOD)
    live(monkeypatch, web)
    monkeypatch.setattr(clock, "real_today", lambda: TODAY + timedelta(days=40))
    assert load(home, ops, declared(tiny)).status == "no_vintage"
    assert web.asked == []


def test_a_mirror_of_a_later_day_is_refused(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    web.serve(URL, GOOD)
    web.fault(URL, headers={"Last-Modified": "Wed, 25 Nov 2026 10:00:00 GMT"}, times=1)
    done = load(home, ops, declared(tiny))
    assert done.status == "failed"
    assert "came a file of 2026-11-25" in (done.message or "")
    web.fault(URL, headers={"Last-Modified": "Sun, 22 Nov 2026 10:00:00 GMT"}, times=1)
    assert load(home, ops, declared(tiny)).status == "fetched"


def test_good_content_after_a_blocked_answer_is_in_force_again(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.serve(URL, GOOD)
    load(home, ops, declared(tiny))
    bad = csv_of(FRA=1, DEU=200)
    web.serve(URL, bad)
    day = next_day(monkeypatch)
    assert load(home, ops, declared(tiny), day).status == "quarantined"
    web.serve(URL, GOOD)
    for expected in ("fetched", "unchanged", "unchanged"):
        assert load(home, ops, declared(tiny), day).status == expected
    later = next_day(monkeypatch, 2)
    for _ in range(2):
        assert load(home, ops, declared(tiny), later).status == "unchanged"
    # Rules that let the blocked content pass do not bring it into force: other content was met since.
    raw = declared(tiny).model_dump(mode="json", exclude_none=True)
    raw["columns"][1]["max"] = 500
    newest = next_day(monkeypatch, 3)
    assert load(home, ops, tiny.declare(**raw), newest).status == "unchanged"
    assert rows(home, ops, newest)[1][1] == 2.0
    assert ops.in_force("tiny", day) == ops.in_force("tiny", newest)


def test_a_key_that_cannot_be_sent_harms_no_later_question(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(monkeypatch, web)
    web.serve(URL, GOOD)
    monkeypatch.setenv("TINY_KEY", "klé\u20ac")
    keyed = declared(tiny, key={"env": "TINY_KEY", "header": "X-Key"}, requires_env=["TINY_KEY"], deadline_seconds=0.7)
    done = load(home, ops, keyed)
    assert done.status == "failed"
    assert "could not be asked" in (done.message or "")
    assert "\u20ac" not in (done.message or "")
    web.fault(URL, delay_seconds=1.2)
    assert load(home, ops, declared(tiny)).status == "fetched"


def test_a_drip_on_a_connection_used_before_ends_with_the_deadline(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.serve(URL, GOOD)
    load(home, ops, declared(tiny))
    monkeypatch.setenv("ATLAS_NOW", str(TODAY + timedelta(days=1)))
    web.fault(URL, raw=_drip(OK + b"X-A: ", b"a"))
    start = time.monotonic()
    done = load(home, ops, declared(tiny, deadline_seconds=0.5), TODAY + timedelta(days=1))
    assert done.status == "unreachable"
    assert "in time" in (done.message or "") or "too slow" in (done.message or "")
    assert time.monotonic() - start < 5


def test_several_files_are_one_vintage(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"a.json": "https://data.example.org/a", "b.json": "https://data.example.org/b?x=1"}
    declaration = declared(
        tiny, files=files, media_types=["application/json"], parse={"format": "json", "records": "data"}
    )

    def page(**values: float) -> bytes:
        return json.dumps({"data": [{"iso_code": code, "value": value} for code, value in values.items()]}).encode()

    web.serve(files["a.json"], page(FRA=1), "application/json")
    web.serve(files["b.json"], page(DEU=2), "application/json; charset=utf-8")
    assert load(home, ops, declaration).status == "fetched"
    assert rows(home, ops) == [("FRA", 1.0, "FRA"), ("DEU", 2.0, "DEU")]
    assert load(home, ops, declaration, next_day(monkeypatch)).status == "unchanged"
    # One part is new, the other is taken from what is archived.
    web.serve(files["b.json"], page(DEU=5), "application/json")
    day = next_day(monkeypatch, 2)
    assert load(home, ops, declaration, day).status == "fetched"
    assert rows(home, ops, day) == [("FRA", 1.0, "FRA"), ("DEU", 5.0, "DEU")]
    web.fault(files["b.json"], status=404)
    assert load(home, ops, declaration, next_day(monkeypatch, 3)).status == "unreachable"


def pages(*counts: int) -> list[bytes]:
    codes = iter(("FRA", "DEU", "ITA", "ESP", "POL"))
    return [
        json.dumps({"data": [{"iso_code": next(codes), "value": 1} for _ in range(count)]}).encode() for count in counts
    ]


def paged(tiny: Tiny, **transport) -> Declaration:
    paging = {"limit_parameter": "limit", "limit": 2, "offset_parameter": "skip", "max_pages": 4}
    return declared(
        tiny, files={"list.json": "https://data.example.org/list"}, media_types=["application/json"], paging=paging,
        parse={"format": "json", "records": "data"}, **transport,
    )  # fmt: skip


def test_pages_are_read_until_one_is_empty(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    for number, content in enumerate(pages(2, 1, 0)):
        web.serve(f"https://data.example.org/list?limit=2&skip={2 * number}", content, "application/json")
    done = load(home, ops, paged(tiny))
    assert done.status == "fetched", done.message
    assert [row[0] for row in rows(home, ops)] == ["FRA", "DEU", "ITA"]
    assert [asked.path.partition("?")[2] for asked in web.asked] == [f"limit=2&skip={skip}" for skip in (0, 2, 4)]


def test_a_list_without_end_has_failed(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    for number in range(9):
        web.serve(f"https://data.example.org/list?limit=2&skip={2 * number}", pages(2)[0], "application/json")
    done = load(home, ops, paged(tiny))
    assert done.status == "failed"
    assert "at most 4 pages" in (done.message or "")


@pytest.mark.parametrize("last", [(1, 0), (0, 1), (0,)])
def test_a_list_that_begins_again_past_its_end_ends_there(
    home: Home, ops: Ops, tiny: Tiny, web: Web, last: tuple[int, ...]
) -> None:
    rows = [{"iso_code": code, "value": 1} for code in ("FRA", "DEU", "ITA", "ESP")]
    listed = [rows[:2], rows[2:], [rows[number] for number in last], []]
    for number, page in enumerate(listed):
        content = json.dumps({"data": page}).encode()
        web.serve(f"https://data.example.org/list?limit=2&skip={2 * number}", content, "application/json")
    paging = {"limit_parameter": "limit", "limit": 2, "offset_parameter": "skip", "max_pages": 4, "row_id": "iso_code"}
    declaration = declared(
        tiny, files={"list.json": "https://data.example.org/list"}, media_types=["application/json"], paging=paging,
        parse={"format": "json", "records": "data"},
    )  # fmt: skip
    load(home, ops, declaration)
    assert len(web.asked) == 3
    assert len(ops.archived("tiny")) == 1


def test_a_list_at_the_top_of_the_answer_is_read(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    web.serve(URL, b'[{"iso_code": "FRA", "value": 1}]', "application/json")
    declaration = declared(tiny, media_types=["application/json"], parse={"format": "json"})
    assert load(home, ops, declaration).status == "fetched"
    assert rows(home, ops) == [("FRA", 1.0, "FRA")]


def test_a_host_that_turns_programs_away_is_told_what_it_wants_and_who_asks(
    home: Home, ops: Ops, tiny: Tiny, web: Web
) -> None:
    web.serve(URL, GOOD)
    named = "Mozilla/5.0 (compatible; infra-atlas/0.1)"
    assert load(home, ops, declared(tiny, user_agent=named)).status == "fetched"
    assert web.asked[0].headers["User-Agent"] == named
    with pytest.raises(DeclarationError, match="user_agent"):
        declared(tiny, user_agent="Mozilla/5.0")


def test_who_asks_may_be_a_key_which_stands_nowhere_else(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(monkeypatch, web)
    web.serve(URL, GOOD)
    monkeypatch.setenv("TINY_CONTACT", "Example Ltd data@example.com")
    keyed = declared(tiny, key={"env": "TINY_CONTACT", "header": "User-Agent"}, requires_env=["TINY_CONTACT"])
    assert load(home, ops, keyed).status == "fetched"
    assert web.asked[0].headers["User-Agent"] == "Example Ltd data@example.com"
    assert "data@example.com" not in str(ops.table("fetch_log").rows())


def test_xml_with_a_style_sheet_for_browsers_is_data_where_xml_is_declared(
    home: Home, ops: Ops, tiny: Tiny, web: Web
) -> None:
    sheet = b'<?xml version="1.0"?>\n<?xml-stylesheet href="x.xsl"?>'
    for content, told in ((sheet + b"<rss/>", "quarantined"), (sheet + b"<!DOCTYPE rss><rss/>", "failed")):
        new_run()
        web.serve(URL, content, "application/rss+xml")
        done = load(home, ops, declared(tiny, media_types=["application/rss+xml"]))
        assert done.status == told, done.message


def test_a_page_cut_short_without_a_length_has_failed(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    web.serve("https://data.example.org/list?limit=2&skip=0", pages(2)[0], "application/json")
    web.fault("data.example.org/list", keep=0.7, declares_length=False)
    done = load(home, ops, paged(tiny))
    assert done.status == "failed"
    assert "is no page" in (done.message or "")


def test_a_host_is_asked_no_faster_than_declared_but_a_mirror_is(
    home: Home, ops: Ops, tiny: Tiny, web: Web, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, content in enumerate(pages(2, 1, 0)):
        web.serve(f"https://data.example.org/list?limit=2&skip={2 * number}", content, "application/json")
    assert load(home, ops, paged(tiny, spacing_seconds=3)).status == "fetched"
    assert waits == []
    live(monkeypatch, web)
    monkeypatch.setenv("ATLAS_NOW", str(TODAY + timedelta(days=1)))
    load(home, ops, paged(tiny, spacing_seconds=3), TODAY + timedelta(days=1))
    assert len(waits) == 2
    assert all(2 < wait <= 3 for wait in waits)


def live(monkeypatch: pytest.MonkeyPatch, web: Web) -> None:
    """Ask hosts, not a mirror; the loopback web stands for them all."""
    monkeypatch.delenv("ATLAS_MIRROR")
    monkeypatch.setattr(clock, "real_today", clock.today)
    monkeypatch.setattr(policy, "require_public", lambda host: None)
    import requests

    real = requests.Session.request
    monkeypatch.setattr(
        requests.Session,
        "request",
        lambda self, method, url, **kw: real(self, method, policy.mirrored(url, web.address), **kw),
    )


@pytest.mark.parametrize(("status", "headers"), [(503, {}), (429, {"Retry-After": "2"}), (500, {}), (599, {})])
def test_a_passing_fault_is_asked_again(
    home: Home, ops: Ops, tiny: Tiny, web: Web, waits: list[float], status: int, headers: dict[str, str]
) -> None:
    web.serve(URL, GOOD)
    web.fault(URL, status=status, headers=headers, times=2)
    done = load(home, ops, declared(tiny))
    assert done.status == "fetched", done.message
    assert ops.table("fetch_log")["attempts"].to_list() == [3]
    if headers:
        assert waits == [2.0, 2.0]
    else:
        assert 0.5 <= waits[0] <= 1.5 <= 2 * waits[1]


@pytest.mark.parametrize("status", [503, 429])
def test_a_fault_that_stays_is_unreachable_after_three_times(
    home: Home, ops: Ops, tiny: Tiny, web: Web, waits: list[float], status: int
) -> None:
    web.serve(URL, GOOD)
    web.fault(URL, status=status)
    done = load(home, ops, declared(tiny))
    assert done.status == "unreachable"
    assert f"answered {status}, asked 3 times" in (done.message or "")
    assert len(web.asked) == 3


def test_a_wait_longer_than_the_deadline_is_not_waited(
    home: Home, ops: Ops, tiny: Tiny, web: Web, waits: list[float]
) -> None:
    web.fault(URL, status=429, headers={"Retry-After": "3600"})
    done = load(home, ops, declared(tiny))
    assert done.status == "unreachable"
    assert "left alone for 3600 s" in (done.message or "")
    assert waits == []


@pytest.mark.parametrize(("status", "expected"), [(403, "failed"), (401, "failed"), (204, "failed"), (418, "failed")])
def test_a_refusal_is_not_asked_again(home: Home, ops: Ops, tiny: Tiny, web: Web, status: int, expected: str) -> None:
    web.serve(URL, GOOD)
    web.fault(URL, status=status, body=b"")
    done = load(home, ops, declared(tiny))
    assert (done.status, len(web.asked)) == (expected, 1)
    assert f"came status {status}" in (done.message or "")


def test_an_address_a_mirror_does_not_hold_is_unreachable(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    done = load(home, ops, declared(tiny))
    assert done.status == "unreachable"
    assert "the mirror holds no copy" in (done.message or "")


def test_an_address_that_is_gone_has_failed(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(monkeypatch, web)
    done = load(home, ops, declared(tiny))
    assert done.status == "failed"
    assert "the address is gone" in (done.message or "")


def test_a_silent_host_is_tried_once_a_run(
    home: Home, ops: Ops, tiny: Tiny, web: Web, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_client, "READ_SECONDS", 0.2)
    web.serve(URL, GOOD)
    web.fault(URL, delay_seconds=0.6)
    done = load(home, ops, declared(tiny))
    assert done.status == "unreachable"
    assert "no answer in time, asked 3 times" in (done.message or "")
    again = load(home, ops, declared(tiny))
    assert "did not answer earlier in this run" in (again.message or "")
    assert len(web.asked) == 3


def test_nobody_there_is_unreachable_at_once(home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_MIRROR", "http://127.0.0.1:9")
    done = load(home, ops, declared(tiny))
    assert done.status == "unreachable"
    assert "no connection to data.example.org" in (done.message or "")


def test_an_answer_that_stops_half_way_is_asked_again(
    home: Home, ops: Ops, tiny: Tiny, web: Web, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_client, "READ_SECONDS", 0.2)
    web.serve(URL, GOOD)
    web.fault(URL, drip_seconds=0.5, times=1)
    assert load(home, ops, declared(tiny)).status == "fetched"
    assert len(waits) == 1


def test_a_publisher_may_be_given_longer_to_answer(
    home: Home, ops: Ops, tiny: Tiny, web: Web, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_client, "READ_SECONDS", 0.1)
    web.serve(URL, GOOD)
    web.fault(URL, delay_seconds=0.4)
    assert load(home, ops, declared(tiny)).status == "unreachable"
    new_run()
    assert load(home, ops, declared(tiny, answer_seconds=5)).status == "fetched"


def test_an_answer_that_drips_ends_with_the_deadline(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.serve(URL, GOOD * 100)
    web.fault(URL, drip_seconds=0.02)
    start = time.monotonic()
    done = load(home, ops, declared(tiny, deadline_seconds=0.5))
    assert done.status == "unreachable"
    assert "not complete in time" in (done.message or "")
    assert time.monotonic() - start < 5


BIG = csv_of(**dict.fromkeys(("FRA", "DEU", "ITA", "ESP", "POL", "NLD", "BEL", "AUT", "CZE", "PRT"), 1))


def test_an_answer_cut_short_is_told_by_its_length(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    web.serve(URL, BIG)
    web.fault(URL, keep=0.5)
    done = load(home, ops, declared(tiny))
    assert done.status == "failed"
    assert f"cut short: {len(BIG) // 2} of {len(BIG)} bytes" in (done.message or "")


@pytest.mark.parametrize("keep", [0.3, 0.5, 0.75, 0.99])
def test_an_answer_cut_short_without_a_length_is_stopped_by_the_gate(
    home: Home, ops: Ops, tiny: Tiny, web: Web, keep: float
) -> None:
    web.serve(URL, BIG)
    web.fault(URL, keep=keep, declares_length=False)
    done = load(home, ops, declared(tiny))
    assert done.status == "quarantined"
    assert "cells, not 2" in (done.message or "") or "cut short" in (done.message or "")


def test_an_answer_cut_between_two_rows_is_stopped_beside_the_vintage_before(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    declaration = declared(tiny)
    volume = {"min_rows": 1, "max_drop_pct": 10}
    raw = declaration.model_dump(mode="json", exclude_none=True) | {"volume": volume}
    declaration = tiny.declare(**raw)
    web.serve(URL, BIG)
    load(home, ops, declaration)
    cut = BIG[: BIG.index(b"NLD")]
    web.fault(URL, body=cut, declares_length=False)
    done = load(home, ops, declaration, next_day(monkeypatch))
    assert done.status == "quarantined"
    assert "max_drop" in (done.message or "")


@pytest.mark.parametrize("cut", [b"NLD", b"BEL,"], ids=["accepted", "blocked"])
def test_bytes_cut_short_are_not_kept_because_nothing_was_modified(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch, cut: bytes
) -> None:
    """The cut answer carries the ETag of the whole file: asking for changes only would keep it for ever."""
    web.serve(URL, BIG)
    web.fault(URL, keep=BIG.index(cut) / len(BIG) + 0.001, declares_length=False, times=1)
    load(home, ops, declared(tiny))
    assert len(archive.read(home.archive, ops.archived("tiny")[0].raw_sha256)) < len(BIG)
    day = next_day(monkeypatch)
    assert load(home, ops, declared(tiny), day).status == "fetched"
    assert len(rows(home, ops, day)) == 10


def test_an_answer_the_gate_blocked_is_asked_for_whole(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.serve(URL, csv_of(FRA=-1))
    assert load(home, ops, declared(tiny)).status == "quarantined"
    load(home, ops, declared(tiny), next_day(monkeypatch))
    assert "If-None-Match" not in web.asked[1].headers


def test_a_compressed_answer_is_inflated_and_checked_to_its_end(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gzip

    squeezed = gzip.compress(BIG)
    web.serve(URL, BIG)
    web.fault(URL, body=squeezed, headers={"Content-Encoding": "gzip"})
    assert load(home, ops, declared(tiny)).status == "fetched"
    assert archive.read(home.archive, ops.archived("tiny")[0].raw_sha256) == BIG
    day = next_day(monkeypatch)
    for body, told in ((squeezed[:-9], "cut short after"), (b"no gzip", "damaged"), (squeezed + b"x", "after its end")):
        web.fault(URL, body=body, headers={"Content-Encoding": "gzip"}, declares_length=False)
        done = load(home, ops, declared(tiny), day)
        assert done.status == "failed"
        assert told in (done.message or "")
    web.fault(URL, body=squeezed, headers={"Content-Encoding": "br"})
    assert "came br" in (load(home, ops, declared(tiny), day).message or "")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"body": HTML, "content_type": "text/html"}, "came text/html"),
        ({"body": HTML}, "a page of markup"),
        ({"body": b'  <?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "b">]><l/>'}, "a page of markup"),
        ({"body": b""}, "an empty answer"),
    ],
)
def test_an_answer_of_another_kind_is_refused(
    home: Home, ops: Ops, tiny: Tiny, web: Web, fault: Any, told: str
) -> None:
    web.serve(URL, GOOD)
    web.fault(URL, **fault)
    done = load(home, ops, declared(tiny))
    assert done.status == "failed"
    assert told in (done.message or "")
    assert ops.archived("tiny") == []


@pytest.mark.parametrize(
    "fault",
    [
        {"headers": {"Content-Length": str(5 * 2**30)}},
        {"flood_megabytes": 3},
        {"body": gzip_bomb(0.05), "headers": {"Content-Encoding": "gzip"}},
    ],
    ids=["declared", "endless", "gzip bomb"],
)
def test_an_answer_larger_than_declared_is_refused(home: Home, ops: Ops, tiny: Tiny, web: Web, fault: Any) -> None:
    web.serve(URL, GOOD)
    web.fault(URL, **fault)
    done = load(home, ops, declared(tiny, max_bytes=2**20))
    assert done.status == "failed"
    assert "at most 1,048,576 bytes" in (done.message or "")


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("https://elsewhere.example.com/tiny.csv", "does not name"),
        ("http://127.0.0.1:1/tiny.csv", "local address"),
        ("http://localhost/tiny.csv", "local address"),
        ("https://[::1]/tiny.csv", "local address"),
        ("https://169.254.169.254/latest", "local address"),
        ("https://2130706433/", "local address"),
        ("https://0x7f.0.0.1/", "local address"),
        ("https://127.1/", "local address"),
        ("https://[::ffff:127.0.0.1]/", "local address"),
        ("https://router.lan/", "local address"),
        ("//10.0.0.1/x", "local address"),
        ("file:///etc/passwd", "local address"),
        ("http://data.example.org/tiny.csv", "without HTTPS"),
        ("https://data.example.org:8443/tiny.csv", "without HTTPS"),
        ("https://user@elsewhere.example.com/", "no publisher needs"),
        ("https://127.0.0.1:35883\\@data.example.org/", "no publisher needs"),
        ("https://data.example.org\\@127.0.0.1/", "no publisher needs"),
        ("https://dat\xbda.example.org/", "no publisher needs"),
        ("https://data.example.org:abc/", "no address"),
        ("https://data.example.org:99999/", "no address"),
        ("https://[", "no address"),
        ("", "more than 5 times"),
    ],
)
def test_a_redirect_elsewhere_is_not_followed(
    home: Home, ops: Ops, tiny: Tiny, web: Web, target: str, told: str
) -> None:
    web.serve(URL, GOOD)
    web.fault(URL, status=302, headers={"Location": target})
    done = load(home, ops, declared(tiny))
    assert done.status == "failed"
    assert told in (done.message or "")
    assert len(web.asked) == (1 if target else 6)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_a_declared_host_is_followed(home: Home, ops: Ops, tiny: Tiny, web: Web, status: int) -> None:
    web.serve("https://cdn.example.net/v2/tiny.csv", GOOD)
    web.fault(URL, status=status, headers={"Location": "https://cdn.example.net/v2/tiny.csv"})
    done = load(home, ops, declared(tiny, redirect_hosts=["cdn.example.net"]))
    assert done.status == "fetched", done.message


def test_the_body_of_a_redirect_is_not_read(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    web.serve("https://cdn.example.net/tiny.csv", GOOD)
    web.fault(
        URL, status=302, headers={"Location": "https://cdn.example.net/tiny.csv"}, body=b"x" * 500, drip_seconds=0.05
    )
    start = time.monotonic()
    done = load(home, ops, declared(tiny, redirect_hosts=["cdn.example.net"]))
    assert done.status == "fetched", done.message
    assert time.monotonic() - start < 10


def _drip(*lines: bytes) -> Callable[[BinaryIO], None]:
    def write(to: BinaryIO) -> None:
        to.write(lines[0])
        for _ in range(400):
            to.write(lines[1])
            to.flush()
            time.sleep(0.05)

    return write


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n"
DRIPS = {
    "status line": _drip(b"H", b""),
    "headers": _drip(OK + b"X-A: ", b"a"),
    "continue": _drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "chunk size": _drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "trailers": _drip(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\na,b\r\n\r\n0\r\n", b"X-B: c\r\n"),
    "body": _drip(OK + b"Connection: close\r\n\r\niso_code,value\n", b"FRA,1\n"),
}


@pytest.mark.parametrize("what", DRIPS)
def test_an_answer_that_drips_anywhere_ends_with_the_deadline(
    home: Home, ops: Ops, tiny: Tiny, web: Web, what: str
) -> None:
    web.fault(URL, raw=DRIPS[what])
    start = time.monotonic()
    done = load(home, ops, declared(tiny, deadline_seconds=0.5))
    assert done.status == "unreachable", done.message
    assert time.monotonic() - start < 5
    assert ops.archived("tiny") == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Encoding": "identity"}, {"Content-Encoding": ""}, {"Transfer-Encoding": "identity"},
        {"Content-Length": "none"},
    ],
    ids=str,
)  # fmt: skip
def test_what_proves_no_length_leaves_no_etag(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch, headers: Any
) -> None:
    web.serve(URL, BIG)
    web.fault(URL, headers=headers, declares_length=False, times=1)
    assert load(home, ops, declared(tiny)).status == "fetched"
    load(home, ops, declared(tiny), next_day(monkeypatch))
    assert "If-None-Match" not in web.asked[1].headers


def test_a_file_whose_end_tells_nothing_needs_a_proof_of_its_length(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    web.serve(URL, BIG.rstrip(b"\n"))
    web.fault(URL, declares_length=False, times=1)
    declaration = declared(tiny, parse={"format": "csv", "ends_with_newline": False})
    done = load(home, ops, declaration)
    assert done.status == "failed"
    assert "proof of its length" in (done.message or "")
    assert load(home, ops, declaration).status == "fetched"


def test_what_a_mirror_says_of_its_copy_is_not_said_to_the_publisher(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.serve(URL, GOOD)
    load(home, ops, declared(tiny))
    live(monkeypatch, web)
    load(home, ops, declared(tiny), next_day(monkeypatch))
    assert "If-None-Match" not in web.asked[1].headers


def test_an_archive_that_was_damaged_is_mended(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.serve(URL, GOOD)
    load(home, ops, declared(tiny))
    path = archive.path_of(home.archive, ops.archived("tiny")[0].raw_sha256)
    path.write_bytes(b"damaged")
    assert load(home, ops, declared(tiny), next_day(monkeypatch)).status == "unchanged"
    assert path.read_bytes() == GOOD


def test_pages_are_held_up_to_the_declared_size_together(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    for number in range(3):
        page = pages(2)[0] + b" " * 400_000
        web.serve(f"https://data.example.org/list?limit=2&skip={2 * number}", page, "application/json")
    done = load(home, ops, paged(tiny, max_bytes=1_000_000))
    assert done.status == "failed"
    assert "came" in (done.message or "")
    assert len(web.asked) == 3


def test_a_host_that_asks_to_be_left_alone_is(home: Home, ops: Ops, tiny: Tiny, web: Web, waits: list[float]) -> None:
    web.fault(URL, status=429, headers={"Retry-After": "3600"})
    load(home, ops, declared(tiny))
    done = load(home, ops, declared(tiny))
    assert done.status == "unreachable"
    assert "did not answer earlier in this run" in (done.message or "")
    assert len(web.asked) == 1


@pytest.mark.parametrize("length", ["9" * 5000, "99999999999999999999"])
def test_a_length_beyond_all_numbers_is_too_large(home: Home, ops: Ops, tiny: Tiny, web: Web, length: str) -> None:
    web.serve(URL, GOOD)
    web.fault(URL, headers={"Content-Length": length})
    done = load(home, ops, declared(tiny))
    assert done.status == "failed"
    assert "at most" in (done.message or "")


def test_an_exception_for_localhost_is_no_proxy(
    home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ATLAS_MIRROR")
    monkeypatch.setattr(clock, "real_today", clock.today)
    monkeypatch.setenv("NO_PROXY", "localhost")
    monkeypatch.setattr(policy.socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("10.0.0.1", 443))])
    assert "local address 10.0.0.1" in (load(home, ops, declared(tiny)).message or "")


def test_a_redirect_in_a_circle_ends(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    web.fault(URL, status=302, headers={"Location": URL})
    done = load(home, ops, declared(tiny))
    assert done.status == "failed"
    assert "more than 5 times" in (done.message or "")


def test_a_host_that_stands_for_a_local_address_is_not_asked(
    home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ATLAS_MIRROR")
    monkeypatch.setattr(clock, "real_today", clock.today)
    for found, status in (("127.0.0.1", "failed"), ("10.1.2.3", "failed"), ("fe80::1%eth0", "failed")):
        monkeypatch.setattr(policy.socket, "getaddrinfo", lambda *_, found=found, **__: [(0, 0, 0, "", (found, 443))])
        new_run()
        done = load(home, ops, declared(tiny))
        assert done.status == status
        assert "local address" in (done.message or "")


def test_a_body_is_posted_and_never_asked_for_conditionally(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.serve(URL, GOOD)
    declaration = declared(tiny, body="data=[out:csv];node;out;")
    load(home, ops, declaration)
    assert load(home, ops, declaration, next_day(monkeypatch)).status == "unchanged"
    assert [(asked.method, asked.body) for asked in web.asked] == [("POST", b"data=[out:csv];node;out;")] * 2
    assert "If-None-Match" not in web.asked[1].headers


def zipped(**files: bytes) -> bytes:
    return archive.bundle({name.replace("__", "/"): content for name, content in files.items()})


def packed(method: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as written:
        written.writestr("in/tiny", GOOD)
    return buffer.getvalue()


def test_a_member_of_a_zip_answer_is_read(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    declaration = declared(tiny, media_types=["application/zip"], members=["in/tiny*"])
    web.serve(URL, zipped(readme=b"x", in__tiny=GOOD), "application/zip")
    done = load(home, ops, declaration)
    assert done.status == "fetched", done.message
    assert rows(home, ops)[0][0] == "FRA"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (lambda: zipped(in__tiny=bytes(300 * 2**20)), "pass the cap"),
        (lambda: b"PK\x01\x02" * 30_000 + zipped(in__tiny=GOOD), "past the cap of 20,000"),
        (lambda: zipped(other=GOOD), "found 0"),
        (lambda: packed(zipfile.ZIP_BZIP2), "packed in a way"),
        (lambda: packed(zipfile.ZIP_LZMA), "packed in a way"),
        (lambda: zipped(in__tiny=GOOD)[:-30], "not a whole zip"),
    ],
    ids=["bomb", "many members", "member missing", "bzip2", "lzma", "cut short"],
)
def test_a_zip_answer_that_is_not_what_was_declared_is_stopped(
    home: Home, ops: Ops, tiny: Tiny, web: Web, content, told: str
) -> None:
    web.serve(URL, content(), "application/zip")
    done = load(home, ops, declared(tiny, media_types=["application/zip"], members=["in/tiny*"]))
    assert done.status == "quarantined"
    assert told in (done.message or "")


@pytest.mark.parametrize("place", [{"parameter": "api_key"}, {"header": "X-Api-Key"}])
def test_a_key_is_sent_to_its_host_alone_and_kept_nowhere(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch, place: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    declaration = declared(
        tiny, key={"env": "TINY_KEY"} | place, requires_env=["TINY_KEY"], redirect_hosts=["cdn.example.net"]
    )
    assert load(home, ops, declaration).status == "disabled"
    monkeypatch.setenv("TINY_KEY", SECRET)
    web.serve(URL, GOOD)
    load(home, ops, declaration)
    assert SECRET not in str(web.asked)  # a mirror serves public copies
    live(monkeypatch, web)
    query = f"?api_key={quote_plus(SECRET)}" if "parameter" in place else ""
    web.served = {f"data.example.org/tiny.csv{query}": (NEWER, "text/csv")}
    done = load(home, ops, declaration, next_day(monkeypatch))
    assert done.status == "fetched", done.message
    assert SECRET in str(web.asked) or quote_plus(SECRET) in str(web.asked)
    web.asked.clear()
    web.serve("https://cdn.example.net/tiny.csv", GOOD)
    web.fault(URL, status=302, headers={"Location": "https://cdn.example.net/tiny.csv"})
    load(home, ops, declaration, next_day(monkeypatch, 2))
    assert not policy.holds_secret(str(web.asked[1]).encode(), [SECRET])
    messages = []
    for fault in (
        {"status": 403}, {"status": 500}, {"keep": 0.5}, {"body": HTML}, {"body": GOOD + SECRET.encode()},
        {"body": GOOD + quote(SECRET, safe="").encode()}, {"headers": {"ETag": f'"{SECRET}"'}},
        {"content_type": f"text/{SECRET}"}, {"headers": {"Content-Encoding": SECRET[:20]}},
        {"status": 302, "headers": {"Location": f"https://cdn.example.net/?k={quote(SECRET)}"}},
        {"status": 302, "headers": {"Location": f"https://cdn.example.net/?k={quote_plus(SECRET).lower()}"}},
        {"status": 302, "headers": {"Location": f"https://{SECRET.split('+', maxsplit=1)[0]}.example.com/"}},
        {"raw": lambda to: to.write(b"HTTP/1.1 200 OK\r\nBad header\r\n\r\n")},
    ):  # fmt: skip
        web.mend()
        web.fault(URL, **fault)
        done = load(home, ops, declaration, next_day(monkeypatch, 3))
        assert done.status in ("failed", "unreachable")
        messages.append(done.message)
    assert "check the key" in str(messages)
    assert "repeats the key" in str(messages)
    assert not policy.holds_secret((str(messages) + caplog.text).encode(), [SECRET])
    kept = b"".join(path.read_bytes() for path in home.root.rglob("*") if path.is_file())
    assert not policy.holds_secret(kept, [SECRET])


def test_a_dropped_connection_tells_no_address(
    home: Home, ops: Ops, tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINY_KEY", SECRET)
    monkeypatch.delenv("ATLAS_MIRROR")
    monkeypatch.setattr(clock, "real_today", clock.today)
    monkeypatch.setattr(policy, "require_public", lambda host: None)
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: (_ for _ in ()).throw(OSError("no such host")))
    declaration = declared(tiny, key={"env": "TINY_KEY", "parameter": "k"}, requires_env=["TINY_KEY"])
    done = load(home, ops, declaration)
    assert done.status == "unreachable"
    assert SECRET not in str(done)


@pytest.mark.parametrize(
    "value",
    ["ftp://127.0.0.1", "127.0.0.1:8000", "http://", "http://u:pw@127.0.0.1", "http://127.0.0.1/?a=1", "http://h:x"],
)
def test_a_mirror_that_is_no_address_is_a_wrong_setting(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_MIRROR", value)
    with pytest.raises(UsageError, match="ATLAS_MIRROR must be") as error:
        policy.mirror()
    assert "pw" not in str(error.value)


def test_a_retry_after_is_read_in_both_forms() -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert policy.seconds_to_wait({"Retry-After": "120"}, now) == 120
    assert policy.seconds_to_wait({"Retry-After": "Sun, 22 Nov 2026 12:00:30 GMT"}, now) == 30
    assert policy.seconds_to_wait({"Retry-After": "Sun, 22 Nov 2026 11:00:30 GMT"}, now) == 0
    assert policy.seconds_to_wait({"Retry-After": "soon"}, now) is None
    assert policy.seconds_to_wait({}, now) is None


def test_a_certificate_that_is_not_valid_ends_in_a_message(
    home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    import requests

    monkeypatch.setattr(policy, "require_public", lambda host: None)

    def fail(*_: object, **__: object) -> None:
        raise requests.exceptions.SSLError("certificate verify failed")

    monkeypatch.setattr(requests.Session, "request", fail)
    done = load(home, ops, declared(tiny))
    assert done.status == "failed"
    assert "certificate of data.example.org" in (done.message or "")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="a certificate is made with openssl")
def test_a_certificate_nobody_vouches_for_is_refused(
    home: Home, ops: Ops, tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "1", "-subj", "/CN=127.0.0.1", "-keyout", str(tmp_path / "key"),
            "-out", str(tmp_path / "cert")]  # fmt: skip
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    with running(context) as web:
        web.serve(URL, GOOD)
        monkeypatch.setenv("ATLAS_MIRROR", web.address)
        done = load(home, ops, declared(tiny))
        assert done.status == "failed"
        assert "certificate of data.example.org is not valid" in (done.message or "")
        assert web.asked == []


def test_errors_of_the_client_are_the_two_kinds(tiny: Tiny, web: Web, waits: list[float]) -> None:
    declaration = declared(tiny)
    with pytest.raises(UnreachableError):
        http.peek(declaration, use_mirror=True)
    web.serve(URL, GOOD)
    web.fault(URL, body=HTML)
    with pytest.raises(FetchError):
        http.peek(declaration, use_mirror=True)
    assert isinstance(declaration.transport, HttpTransport)
    assert os.environ["ATLAS_MIRROR"] == web.address
