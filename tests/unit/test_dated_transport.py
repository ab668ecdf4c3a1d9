"""A publisher who answers as of a past day: each edition is asked once, whenever, and known from its own day on."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from ingest import archive, clock
from ingest import load as loading
from ingest.declaration import Declaration
from ingest.errors import DeclarationError
from ingest.home import Home
from ingest.ops import Ops
from ingest.transport_declaration import Dated
from ingest.transports import http
from ingest.web import client as web_client
from ingest.web import policy
from tests.conftest import TODAY, Tiny, csv_of
from tests.web import Web

URL = "https://data.example.org/{day:%Y/%m}/tiny_{day:%Y_%m_%d}.csv"
AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (8, 9, 10, 11))
MONTHS = {AUGUST: 8, SEPTEMBER: 9, OCTOBER: 10, NOVEMBER: 11}


def declared(tiny: Tiny, *, dated: dict[str, Any] | None = None, **transport: Any) -> Declaration:
    whole = {
        "kind": "http", "files": {"tiny.csv": URL}, "media_types": ["text/csv"], "deadline_seconds": 20,
        "dated": {"first_day": AUGUST, "every": "month"} | (dated or {}),
    }  # fmt: skip
    return tiny.declare(transport=whole | transport, history_class="A")


def address(edition: date) -> str:
    return f"data.example.org/{edition:%Y/%m}/tiny_{edition:%Y_%m_%d}.csv"


@pytest.fixture
def months(web: Web) -> Web:
    """The editions of four months, each with the number of its month as the figure."""
    for edition, value in MONTHS.items():
        web.serve(f"https://{address(edition)}", csv_of(FRA=value))
    return web


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def load(home: Home, ops: Ops, declaration: Declaration, day: date = TODAY) -> loading.Load:
    return loading.load(home, ops, declaration, day)


def asked(web: Web) -> list[str]:
    return [request.path for request in web.asked]


def statuses(loads: Sequence[loading.Load]) -> dict[date, str]:
    return {load.day: load.status for load in loads}


def known(home: Home, ops: Ops) -> dict[date, object]:
    return {vintage.known_at: loading.read_landed(home, vintage)["value"].item() for vintage in ops.vintages("tiny")}


@pytest.mark.parametrize(
    ("every", "lag_days", "day", "edition"),
    [
        ("day", 0, date(2026, 9, 15), date(2026, 9, 15)),
        ("day", 2, date(2026, 9, 1), date(2026, 8, 30)),
        ("month", 0, date(2026, 9, 1), SEPTEMBER),
        ("month", 0, date(2026, 9, 30), SEPTEMBER),
        ("month", 3, date(2026, 9, 3), AUGUST),
        ("month", 3, date(2026, 9, 4), SEPTEMBER),
        ("month", 0, date(2026, 7, 31), None),
        ("day", 1, AUGUST, None),
    ],
)
def test_a_day_has_the_newest_edition_that_can_be_had(every: Any, lag_days: int, day: date, edition: date) -> None:
    assert Dated(first_day=AUGUST, every=every, lag_days=lag_days).edition_of(day) == edition


def test_a_past_day_is_asked_for_as_of_its_edition(home: Home, ops: Ops, tiny: Tiny, months: Web) -> None:
    done = load(home, ops, declared(tiny), date(2026, 9, 20))
    assert done.status == "fetched", done.message
    assert asked(months) == [address(SEPTEMBER)]
    (log,) = ops.table("fetch_log").rows(named=True)
    assert (log["known_at"], log["edition"], log["basis"]) == (SEPTEMBER, "2026-09-01", "edition")
    assert log["address"] == f"https://{address(SEPTEMBER)}"
    assert known(home, ops) == {SEPTEMBER: 9.0}


def test_an_edition_is_asked_for_once(
    home: Home, ops: Ops, tiny: Tiny, months: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    for offset in range(9):
        monkeypatch.setenv("ATLAS_NOW", str(TODAY + timedelta(days=offset)))
        done = load(home, ops, declared(tiny), TODAY + timedelta(days=offset))
        assert done.status == ("unchanged" if offset else "fetched")
    assert asked(months) == [address(NOVEMBER)]


def test_a_range_of_days_asks_for_each_of_its_editions(home: Home, ops: Ops, tiny: Tiny, months: Web) -> None:
    done = list(loading.load_days(home, ops, declared(tiny), days(date(2026, 7, 30), TODAY)))
    assert [load.day for load in done] == days(date(2026, 7, 30), TODAY)
    assert asked(months) == [address(edition) for edition in MONTHS]
    assert known(home, ops) == {edition: float(value) for edition, value in MONTHS.items()}
    found = statuses(done)
    assert found[date(2026, 7, 31)] == "no_vintage"
    assert [found[edition] for edition in MONTHS] == ["fetched"] * 4
    assert {found[date(2026, 9, 2)], found[date(2026, 10, 15)]} == {"unchanged"}
    list(loading.load_days(home, ops, declared(tiny), days(AUGUST, TODAY)))
    assert len(months.asked) == 4


def test_an_edition_nobody_answers_for_is_lacking_on_its_own_days_alone(
    home: Home, ops: Ops, tiny: Tiny, months: Web
) -> None:
    del months.served[address(SEPTEMBER)]
    found = statuses(list(loading.load_days(home, ops, declared(tiny), days(AUGUST, TODAY))))
    assert {found[day] for day in days(SEPTEMBER, date(2026, 9, 30))} == {"unreachable"}
    assert {found[day] for day in days(AUGUST, TODAY) if day.month != 9} == {"fetched", "unchanged"}
    row = ops.day("tiny", SEPTEMBER)
    assert row is not None
    assert row["message"].endswith("It was asked as of 2026-09-01.")
    months.serve(f"https://{address(SEPTEMBER)}", csv_of(FRA=9))
    months.asked.clear()
    found = statuses(list(loading.load_days(home, ops, declared(tiny), days(AUGUST, TODAY))))
    assert set(found.values()) == {"fetched", "unchanged"}
    assert asked(months) == [address(SEPTEMBER)]


def test_an_edition_that_is_not_there_has_failed_and_the_one_before_stays(
    home: Home, ops: Ops, tiny: Tiny, months: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the live web the file of a very recent day may not be there yet."""
    load(home, ops, declared(tiny), date(2026, 10, 15))
    del months.served[address(NOVEMBER)]
    months.fault(address(NOVEMBER), status=404)
    monkeypatch.setattr(
        web_client, "_refusal",
        lambda status, *, has_key, is_mirror, real=web_client._refusal: real(status, has_key=has_key, is_mirror=False),
    )  # fmt: skip
    done = load(home, ops, declared(tiny))
    assert done.status == "failed"
    assert "status 404" in (done.message or "")
    assert "as of 2026-11-01" in (done.message or "")
    assert done.in_force is not None
    assert done.in_force.known_at == OCTOBER
    # Days that the publisher needs to bring it out are declared, and nobody is asked before.
    late = declared(tiny, dated={"lag_days": 22})
    months.asked.clear()
    assert load(home, ops, late).status == "unchanged"
    assert asked(months) == []


def test_an_error_nobody_foresaw_keeps_no_other_edition_from_being_asked_for(
    home: Home, ops: Ops, tiny: Tiny, months: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*given: Any, real: Any = loading.load) -> loading.Load:
        if given[-1].month == 9:
            raise ZeroDivisionError("by zero")
        return real(*given)

    with monkeypatch.context() as patch:
        patch.setattr(loading, "load", fails)
        found = statuses(list(loading.load_days(home, ops, declared(tiny), days(AUGUST, TODAY))))
    assert {found[day] for day in days(SEPTEMBER, date(2026, 9, 30))} == {"failed"}
    assert sorted(known(home, ops)) == [AUGUST, OCTOBER, NOVEMBER]
    list(loading.load_days(home, ops, declared(tiny), days(AUGUST, TODAY)))
    assert sorted(known(home, ops)) == list(MONTHS)


def test_a_backfill_that_was_killed_goes_on_where_it_stopped(home: Home, ops: Ops, tiny: Tiny, months: Web) -> None:
    going = loading.load_days(home, ops, declared(tiny), days(AUGUST, TODAY))
    while next(going).day < date(2026, 9, 10):
        pass
    going.close()
    assert asked(months) == [address(AUGUST), address(SEPTEMBER)]
    list(loading.load_days(home, ops, declared(tiny), days(AUGUST, TODAY)))
    assert asked(months) == [address(edition) for edition in MONTHS]


def test_days_in_any_order_bring_the_same_rows(home: Home, ops: Ops, tiny: Tiny, months: Web) -> None:
    mixed = [*days(AUGUST, TODAY), *days(SEPTEMBER, OCTOBER)]
    random.Random(7).shuffle(mixed)
    done = list(loading.load_days(home, ops, declared(tiny), mixed))
    assert [load.day for load in done] == mixed
    assert sorted(asked(months)) == [address(edition) for edition in MONTHS]
    assert known(home, ops) == {edition: float(value) for edition, value in MONTHS.items()}
    in_force = {day: ops.in_force("tiny", day) for day in days(AUGUST, TODAY)}
    assert all(vintage and vintage.known_at == day.replace(day=1) for day, vintage in in_force.items())


def test_an_older_edition_is_judged_before_the_newer_one(home: Home, ops: Ops, tiny: Tiny, months: Web) -> None:
    months.serve(f"https://{address(OCTOBER)}", csv_of(FRA=1, DEU=2, ITA=3, ESP=4))
    strict = declared(tiny)
    raw = strict.model_dump(mode="json", exclude_none=True) | {"volume": {"min_rows": 1, "max_drop_pct": 20}}
    strict = tiny.declare(**raw)
    assert load(home, ops, strict).status == "fetched"
    assert load(home, ops, strict, OCTOBER).status == "fetched"
    # Beside four rows, one is a fall by three quarters.
    assert [vintage.is_accepted for vintage in ops.vintages("tiny")] == [True, False]


def test_an_edition_the_gate_blocked_is_asked_for_again(
    home: Home, ops: Ops, tiny: Tiny, months: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    months.serve(f"https://{address(NOVEMBER)}", csv_of(FRA=900))
    assert load(home, ops, declared(tiny)).status == "quarantined"
    months.serve(f"https://{address(NOVEMBER)}", csv_of(FRA=11))
    tomorrow = TODAY + timedelta(days=1)
    monkeypatch.setenv("ATLAS_NOW", str(tomorrow))
    assert load(home, ops, declared(tiny), tomorrow).status == "fetched"
    in_force = ops.in_force("tiny", TODAY)
    assert in_force is not None
    assert in_force.known_at == NOVEMBER
    assert load(home, ops, declared(tiny), tomorrow).status == "unchanged"
    assert len(months.asked) == 2


def test_the_same_content_in_two_editions_begins_one_vintage(home: Home, ops: Ops, tiny: Tiny, months: Web) -> None:
    months.serve(f"https://{address(NOVEMBER)}", csv_of(FRA=10))
    list(loading.load_days(home, ops, declared(tiny), [TODAY, OCTOBER]))
    assert known(home, ops) == {OCTOBER: 10.0}
    list(loading.load_days(home, ops, declared(tiny), [TODAY, OCTOBER]))
    assert len(months.asked) == 2


def test_the_day_stands_in_the_body(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    web.serve("https://data.example.org/ask", csv_of(FRA=1))
    declaration = declared(
        tiny, files={"tiny.csv": "https://data.example.org/ask"}, body='[date:"{day:%Y-%m-%d}T00:00:00Z"];{{bbox}};out;'
    )
    assert load(home, ops, declaration).status == "fetched"
    assert [(asked.method, asked.body) for asked in web.asked] == [
        ("POST", b'[date:"2026-11-01T00:00:00Z"];{{bbox}};out;')
    ]


def test_a_day_may_be_asked_for_from_some_days_before(home: Home, ops: Ops, tiny: Tiny, web: Web) -> None:
    web.serve("https://data.example.org/ask?from=2026-10-25&to=2026-11-01", csv_of(FRA=1))
    asked_for = "https://data.example.org/ask?from={day-7:%Y-%m-%d}&to={day:%Y-%m-%d}"
    assert load(home, ops, declared(tiny, files={"tiny.csv": asked_for})).status == "fetched"


def test_an_edition_is_never_asked_for_conditionally(home: Home, ops: Ops, tiny: Tiny, months: Web) -> None:
    list(loading.load_days(home, ops, declared(tiny), days(AUGUST, TODAY)))
    assert all("If-None-Match" not in request.headers for request in months.asked)
    assert ops.table("validator").is_empty()


def test_a_clock_set_forward_gets_nothing_of_days_to_come(
    home: Home, ops: Ops, tiny: Tiny, months: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ATLAS_MIRROR")
    monkeypatch.setattr(policy, "require_public", lambda host: None)
    monkeypatch.setattr(clock, "real_today", lambda: date(2026, 10, 20))
    assert load(home, ops, declared(tiny)).status == "no_vintage"
    assert ops.table("fetch_log")["status"].to_list() == ["no_vintage"]


def test_a_look_is_at_the_newest_edition_and_keeps_nothing(home: Home, ops: Ops, tiny: Tiny, months: Web) -> None:
    found = http.peek(declared(tiny), use_mirror=True)
    assert found.content == csv_of(FRA=11)
    assert asked(months) == [address(NOVEMBER)]
    assert not list(home.archive.rglob("*.*"))


def test_bytes_archived_by_a_run_that_was_killed_are_gated_without_asking(
    home: Home, ops: Ops, tiny: Tiny, months: Web
) -> None:
    (fetched,) = http.fetch(declared(tiny), OCTOBER, home, ops)
    content = archive.read(home.archive, fetched.raw_sha256)
    ops.log_fetch(
        "tiny", OCTOBER, "fetched", edition=fetched.edition, basis=fetched.basis, known_at=fetched.known_at,
        raw_sha256=fetched.raw_sha256, content_sha256=archive.content_sha256({"tiny": content}),
    )  # fmt: skip
    assert load(home, ops, declared(tiny), OCTOBER).status == "fetched"
    assert known(home, ops) == {OCTOBER: 10.0}
    assert len(months.asked) == 1


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"dated": None}, "history_class A and `dated` addresses go together"),
        ({"files": {"a": "https://example.org/a"}}, "in each address, or in the body"),
        ({"files": {"a": "https://example.org/{day:%Y-%m-%d}", "b": "https://example.org/b"}}, "in each address"),
        ({"files": {"a": "https://example.org/{day}/{day:%Y}"}}, "no braces"),
        ({"files": {"a": "https://example.org/{date:%Y}/{day:%Y}"}}, "no braces"),
        ({"files": {"a": "https://example.org/{day:%s}"}}, "no braces"),
        ({"files": {"a": "https://example.org/{day-:%Y}"}}, "no braces"),
        ({"files": {"a": "https://{day:%Y}.example.org/"}}, "files.a"),
        ({"dated": {"first_day": AUGUST, "every": "week"}}, "every"),
        ({"dated": {"first_day": AUGUST, "every": "month", "lag_days": -1}}, "lag_days"),
    ],
)  # fmt: skip
def test_a_day_that_could_not_be_asked_for_is_refused(tiny: Tiny, changes: dict[str, Any], fault: str) -> None:
    transport = {
        "kind": "http", "files": {"a": "https://example.org/{day:%Y-%m-%d}"}, "media_types": ["text/csv"],
        "dated": {"first_day": AUGUST, "every": "month"},
    } | changes  # fmt: skip
    with pytest.raises(DeclarationError, match=fault):
        tiny.declare(transport={name: value for name, value in transport.items() if value is not None})


def test_class_a_over_http_and_dated_addresses_go_together(tiny: Tiny) -> None:
    with pytest.raises(DeclarationError, match="class A and `dated`"):
        tiny.declare(
            transport={"kind": "http", "files": {"a": "https://example.org/a"}, "media_types": ["text/csv"]},
            history_class="A",
        )
    raw = declared(tiny).model_dump(mode="json", exclude_none=True)
    with pytest.raises(DeclarationError, match="class A and `dated`"):
        tiny.declare(**raw | {"history_class": "D"})
