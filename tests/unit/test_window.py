"""A window onto the newest items: all its vintages are read together, and none leaks into an earlier day."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import load as loading
from ingest import warehouse
from ingest.declaration import Declaration
from ingest.home import Home, open_home
from ingest.known import known_rows
from ingest.ops import Ops
from tests.conftest import TODAY, Tiny

COLUMNS = [
    {"name": "item", "type": "string", "key": True, "nullable": False, "description": "Name of the item."},
    {"name": "title", "type": "string", "description": "Title of the item."},
    {"name": "published", "type": "date", "description": "Day of the item."},
]
DAY_2, DAY_3 = TODAY + timedelta(days=1), TODAY + timedelta(days=2)


def declared(tiny: Tiny) -> Declaration:
    raw: dict[str, Any] = {
        "history_class": "B", "items": {"published_column": "published", "window": True}, "columns": COLUMNS,
        "volume": {"min_rows": 1, "max_drop_pct": 100}, "country": None,
        "freshness": {"period_column": "published", "max_age_days": 30},
    }  # fmt: skip
    return tiny.declare(**raw)


def show(
    home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch, day: date, items: Sequence[tuple[str, str, str]]
) -> None:
    """Let the window show these items on a day, and load it."""
    monkeypatch.setenv("ATLAS_NOW", str(day))
    lines = ["item,title,published", *(",".join(item) for item in items)]
    tiny.publish(("\n".join(lines) + "\n").encode())
    done = loading.load(home, ops, declared(tiny), day)
    assert done.status in ("fetched", "unchanged"), done.message


def known(home: Home, ops: Ops, tiny: Tiny, until: date, of: date | None = None) -> list[tuple[Any, ...]]:
    frames = known_rows(home, ops, declared(tiny), until, of)
    if not frames:
        return []
    return pl.concat(frames).sort("item").select("item", "title", "first_seen", "known_at").rows()


def test_an_item_that_left_stays_and_the_newest_word_on_each_counts(
    home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(home, ops, tiny, monkeypatch, TODAY, [("a", "Old", "2026-11-01"), ("b", "First", "2026-11-20")])
    show(home, ops, tiny, monkeypatch, DAY_2, [("b", "Edited", "2026-11-20"), ("c", "New", "2026-11-23")])
    assert known(home, ops, tiny, DAY_2) == [
        ("a", "Old", TODAY, date(2026, 11, 1)), ("b", "Edited", TODAY, date(2026, 11, 20)), ("c", "New", DAY_2, DAY_2),
    ]  # fmt: skip
    # On the day before nobody had seen what the second vintage shows.
    assert [row[1] for row in known(home, ops, tiny, TODAY)] == ["Old", "First"]


def test_an_item_that_was_shown_for_some_hours_is_known(
    home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(home, ops, tiny, monkeypatch, TODAY, [("a", "Short-lived", "2026-11-22")])
    show(home, ops, tiny, monkeypatch, TODAY, [("b", "After it", "2026-11-22")])
    assert [row[0] for row in known(home, ops, tiny, TODAY)] == ["a", "b"]


def test_a_date_to_come_counts_from_the_day_the_item_was_seen_and_so_does_none(
    home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(
        home,
        ops,
        tiny,
        monkeypatch,
        TODAY,
        [("a", "To come", "2027-03-01"), ("b", "Undated", ""), ("c", "", "2026-11-02")],
    )
    show(home, ops, tiny, monkeypatch, DAY_2, [("b", "Undated still", ""), ("c", "", "2026-11-02")])
    assert [row[3] for row in known(home, ops, tiny, DAY_2)] == [TODAY, TODAY, date(2026, 11, 2)]


def test_a_past_day_has_the_items_published_by_then(
    home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(home, ops, tiny, monkeypatch, TODAY, [("a", "A", "2026-10-01"), ("b", "B", "2026-11-20")])
    past = date(2026, 10, 15)
    assert [row[0] for row in known(home, ops, tiny, past, of=TODAY)] == ["a"]
    (carried,) = loading.load_days(home, ops, declared(tiny), [past])
    assert carried.status == "archived"


def test_an_archive_of_news_does_not_lengthen_the_history_of_figures(
    home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(home, ops, tiny, monkeypatch, TODAY, [("a", "A", "2008-07-25"), ("b", "B", "2026-11-20")])
    with duckdb.connect() as con:
        warehouse.expose(con, home, ops, {"tiny": declared(tiny)})
        assert con.sql("select count(distinct as_of) from raw.clock").fetchall() == [(1,)]
        assert con.sql("select item, first_seen, known_at, known_to from raw.tiny order by item").fetchall() == [
            ("a", TODAY, date(2008, 7, 25), None), ("b", TODAY, date(2026, 11, 20), None),
        ]  # fmt: skip


def test_a_smaller_window_is_no_fall_in_rows(home: Home, ops: Ops, tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    show(home, ops, tiny, monkeypatch, TODAY, [(f"i{n}", "T", "2026-11-20") for n in range(9)])
    show(home, ops, tiny, monkeypatch, DAY_2, [("new", "", "2026-11-23")])
    assert len(known(home, ops, tiny, DAY_2)) == 10
    rules = {check["rule"] for check in ops.checks("tiny", ops.vintages("tiny")[-1].content_sha256)}
    assert "max_drop" not in rules


ITEMS = st.tuples(st.sampled_from("abcde"), st.integers(-20, 20))
WINDOWS = st.lists(st.lists(ITEMS, min_size=1, max_size=4, unique_by=lambda item: item[0]), min_size=1, max_size=4)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(windows=WINDOWS)
def test_nothing_is_known_before_it_was_published_and_seen_or_proven(
    tiny: Tiny, tmp_path_factory: pytest.TempPathFactory, windows: list[list[tuple[str, int]]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ATLAS_HOME", str(tmp_path_factory.mktemp("home")))
        home = open_home()
        with Ops(home.ops_db) as ops:
            for number, window in enumerate(windows):
                day = TODAY + timedelta(days=number)
                shown = [(item, f"{item}{number}", str(TODAY + timedelta(days=back))) for item, back in window]
                show(home, ops, tiny, patch, day, shown)
            last = TODAY + timedelta(days=len(windows) - 1)
            found = known(home, ops, tiny, last)
    seen = {item for window in windows for item, _ in window}
    assert {row[0] for row in found} == seen
    for item, title, first_seen, known_at in found:
        numbers = [number for number, window in enumerate(windows) if item in dict(window)]
        assert first_seen == TODAY + timedelta(days=numbers[0])
        assert title == f"{item}{numbers[-1]}"
        published = TODAY + timedelta(days=dict(windows[numbers[-1]])[item])
        assert known_at == min(published, first_seen)
