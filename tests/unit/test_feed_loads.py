"""Feeds through the whole load path on loopback: what goes wrong ends in its status, and what was known stays."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from ingest import load as loading
from ingest.declaration import get_declaration
from ingest.home import PROJECT_ROOT, Home
from ingest.ops import Ops
from ingest.warehouse import source_table
from ingest.web import client as web_client
from tests.conftest import TODAY
from tests.fixtures.feeds import BAD, good_rows, rss
from tests.fixtures.kit import Row
from tests.fixtures.published import asked
from tests.web import HTML, Web, serve_rows

FEED = "openai_news"
SPOILED = {name: change(good_rows()) for name, _, _, change in BAD}


def url_of(source_id: str, day: date = TODAY) -> str:
    """Return the first address a source is asked at."""
    return next(iter(asked(source_id, day).files.values()))


def serve(web: Web, source_id: str, content: bytes, kind: str = "application/rss+xml", day: date = TODAY) -> None:
    for url in asked(source_id, day).files.values():
        web.serve(url, content, kind)


def load(home: Home, ops: Ops, source_id: str = FEED, day: date = TODAY) -> loading.Load:
    return loading.load(home, ops, get_declaration(source_id), day)


def table(home: Home, ops: Ops, source_id: str = FEED, day: date = TODAY) -> pl.DataFrame:
    return source_table(home, ops, get_declaration(source_id), day).sort("url")


def rows_of(days: Sequence[str], start: int = 0) -> list[Row]:
    """Return items published on these days, numbered in their order."""
    return [
        good_rows()[0]
        | {"url": f"https://news.example.org/{number}", "title": f"Item {number}", "published_on": day,
           "published_at": f"{day}T06:00:00Z"}
        for number, day in enumerate(days, start)
    ]  # fmt: skip


def next_day(monkeypatch: pytest.MonkeyPatch, days: int = 1) -> date:
    web_client.client.cache_clear()
    monkeypatch.setenv("ATLAS_NOW", str(TODAY + timedelta(days=days)))
    return TODAY + timedelta(days=days)


def test_a_feed_that_ended_years_ago_is_loaded_and_shown_as_stale(home: Home, ops: Ops, web: Web) -> None:
    serve(web, "oracle_news", rss(rows_of(["2008-07-24", "2008-07-25"])), "text/html")
    done = load(home, ops, "oracle_news")
    assert done.status == "fetched", done.message
    assert done.content_age is not None
    assert not done.content_age.passed
    assert "came: 2008-07-25" in done.content_age.detail


def test_an_item_dated_years_ahead_makes_no_feed_young(home: Home, ops: Ops, web: Web) -> None:
    serve(web, "oracle_news", rss(rows_of(["2008-07-25", "2095-01-01"])), "text/html")
    done = load(home, ops, "oracle_news")
    assert done.content_age is not None
    assert "came: 2008-07-25" in done.content_age.detail
    assert table(home, ops, "oracle_news")["known_at"].to_list() == [date(2008, 7, 25), TODAY]


def test_a_host_that_wants_to_be_left_alone_in_plain_text_is_unreachable(
    home: Home, ops: Ops, web: Web, waits: list[float]
) -> None:
    words = b"Please limit requests to one every 5 seconds or contact us for larger queries.\n"
    web.fault(url_of("gdelt_doc"), status=429, body=words, content_type="text/plain")
    done = load(home, ops, "gdelt_doc")
    assert (done.status, len(waits)) == ("unreachable", 2)
    assert "answered 429, asked 3 times" in (done.message or "")


@pytest.mark.parametrize(
    ("kind", "status", "told"),
    [("text/html", "failed", "came text/html"), ("application/json", "quarantined", "GDELT says 'Your query was")],
)
def test_an_error_told_in_plain_text_with_a_good_status(
    home: Home, ops: Ops, web: Web, kind: str, status: str, told: str
) -> None:
    serve(web, "gdelt_doc", b"Your query was too short or too long.\n", kind)
    done = load(home, ops, "gdelt_doc")
    assert done.status == status
    assert told in (done.message or "")


def test_json_with_escapes_that_are_none_lands(home: Home, ops: Ops, web: Web) -> None:
    serve_rows(web, "gdelt_doc", good_rows(), TODAY)
    assert b"\\'" in web.served[url_of("gdelt_doc").split("://")[1]][0]
    assert load(home, ops, "gdelt_doc").status == "fetched"
    found = table(home, ops, "gdelt_doc")
    assert found.height == 12
    assert found["title"].str.ends_with("Norway, insiders at Joe's say").any()
    assert set(found["url"].str.slice(0, 30)) == {"https://news.example.org/2026/", "https://news.example.org/2025/"}


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (HTML, "failed", "a page of markup"),
        (b"<div>We are checking your browser</div>", "quarantined", "expected a feed, came '<div>"),
        (rss(SPOILED["entities"]), "failed", "a page of markup"),
        (b"<!-- news -->" + rss(SPOILED["entities"]).split(b"?>")[1], "quarantined", "without a document type"),
        (rss(good_rows())[:-30], "quarantined", "cut short"),
        (rss([]), "quarantined", "has_rows"),
    ],
)
def test_what_is_no_feed_stops_itself_alone(
    home: Home, ops: Ops, web: Web, monkeypatch: pytest.MonkeyPatch, content: bytes, status: str, told: str
) -> None:
    for source_id in (FEED, "google_blog"):
        serve(web, source_id, rss(good_rows()))
        assert load(home, ops, source_id).status == "fetched"
    before = table(home, ops)
    day = next_day(monkeypatch)
    serve(web, FEED, content)
    serve(web, "google_blog", rss(rows_of(["2026-11-22", "2026-11-23"])))
    done, other = load(home, ops, FEED, day), load(home, ops, "google_blog", day)
    assert done.status == status, done.message
    assert told in (done.message or "")
    assert table(home, ops, FEED, day).equals(before)
    assert (other.status, table(home, ops, "google_blog", day).height) == ("fetched", 14)


def test_a_page_that_is_listed_twice_is_one_item(home: Home, ops: Ops, web: Web) -> None:
    first, second = rows_of(["2026-11-20", "2026-11-18"])
    again = second | {"url": f"{first['url'].replace('https', 'http')}/?utm_source=rss"}
    serve(web, FEED, rss([first, again, second]))
    assert load(home, ops).status == "fetched"
    assert table(home, ops).select("title", "published_on").rows() == [
        ("Item 0", date(2026, 11, 18)), ("Item 1", date(2026, 11, 18)),
    ]  # fmt: skip


def test_an_archive_that_begins_again_past_its_end_ends(home: Home, ops: Ops, web: Web) -> None:
    rows = rows_of([f"2026-10-{day:02}" for day in range(1, 31)])
    serve_rows(web, "global_data_center_hub", rows, TODAY)
    done = load(home, ops, "global_data_center_hub")
    assert done.status == "fetched", done.message
    assert table(home, ops, "global_data_center_hub").height == 30
    assert [one.path.partition("offset=")[2] for one in web.asked] == ["0", "12", "24", "36"]


def test_an_item_without_a_date_counts_from_the_day_it_was_first_seen(
    home: Home, ops: Ops, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    dated, undated, unlinked = rows_of(["2026-11-01"] * 3)
    serve(web, FEED, rss([dated, undated | {"published_on": None}, unlinked | {"url": None}]))
    assert load(home, ops).status == "fetched"
    day = next_day(monkeypatch)
    serve(web, FEED, rss([undated | {"published_on": None, "title": "Edited"}, dated]))
    assert load(home, ops, FEED, day).status == "fetched"
    assert table(home, ops, FEED, day).select("title", "first_seen", "known_at").rows() == [
        ("Item 0", TODAY, date(2026, 11, 1)), ("Edited", TODAY, TODAY),
    ]  # fmt: skip


def test_a_feed_whose_dates_are_all_gone_is_stopped(
    home: Home, ops: Ops, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(web, FEED, rss(good_rows()))
    load(home, ops)
    serve(web, FEED, rss([row | {"published_on": None} for row in good_rows()]))
    done = load(home, ops, FEED, next_day(monkeypatch))
    assert done.status == "quarantined"
    assert "no_column_emptied" in (done.message or "")


def test_what_left_the_window_stays_known_and_a_past_day_has_what_was_published_by_then(
    home: Home, ops: Ops, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = rows_of(["2026-09-01", "2026-11-10"]), rows_of(["2026-11-22", "2026-11-23"], start=2)
    serve(web, FEED, rss(old))
    load(home, ops)
    day = next_day(monkeypatch)
    serve(web, FEED, rss(new))
    assert load(home, ops, FEED, day).status == "fetched"
    found = table(home, ops, FEED, day)
    assert found.select("title", "first_seen", "known_at").rows() == [
        ("Item 0", TODAY, date(2026, 9, 1)), ("Item 1", TODAY, date(2026, 11, 10)), ("Item 2", day, date(2026, 11, 22)),
        ("Item 3", day, date(2026, 11, 23)),
    ]  # fmt: skip
    past = loading.carry(home, ops, get_declaration(FEED), date(2026, 10, 1))
    assert past.status == "archived"
    assert loading.carry(home, ops, get_declaration(FEED), date(2026, 8, 1)).status == "no_vintage"


def test_extraction_is_a_part_of_how_feeds_are_read_and_of_no_other_source(monkeypatch: pytest.MonkeyPatch) -> None:
    real = loading.READING_NEWS
    names = [FEED, "gdelt_doc", "ledger", "osm_data_centers"]

    def keys() -> list[str]:
        loading.parse_key.cache_clear()
        return [loading.parse_key(one.path, is_feed=one.is_feed) for one in map(get_declaration, names)]

    read = {
        str(file.relative_to(PROJECT_ROOT / "ingest")) for name in real for file in (PROJECT_ROOT / "ingest").glob(name)
    }
    assert {"announcement_item.yml", "extraction/__init__.py", "extraction/facts.py"} <= read
    before = keys()
    monkeypatch.setattr(loading, "READING_NEWS", real[:1])
    changed: list[Any] = [one != two for one, two in zip(before, keys(), strict=True)]
    loading.parse_key.cache_clear()
    assert changed == [True, True, False, False]


def test_filings_are_not_asked_for_without_a_name_to_tell(
    home: Home, ops: Ops, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_rows(web, "sec_full_text", good_rows(), TODAY)
    monkeypatch.delenv("ATLAS_CONTACT_EMAIL")
    done = load(home, ops, "sec_full_text")
    assert (done.status, web.asked) == ("disabled", [])
    monkeypatch.setenv("ATLAS_CONTACT_EMAIL", "Example Ltd data@example.com")
    done = load(home, ops, "sec_full_text")
    assert done.status == "fetched", done.message
    assert table(home, ops, "sec_full_text").height == 12
    assert "startdt=2026-11-15&enddt=2026-11-22" in web.asked[0].path
