"""A day of the Global Knowledge Graph through the whole load path on loopback: what goes wrong with a file is told."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from ingest import archive, check
from ingest import load as loading
from ingest.declaration import get_declaration
from ingest.gkg import listing
from ingest.gkg.records import File, from_bytes
from ingest.home import Home
from ingest.ops import Ops
from ingest.parsing import parse, unpack
from ingest.warehouse import source_table
from ingest.web import client as web_client
from tests import gkg_files as gkg
from tests.conftest import TODAY
from tests.web import Web

SOURCE = get_declaration("gdelt_gkg")
DAY = TODAY - timedelta(days=1)
BASE = f"https://{gkg.HOST}/gdeltv2/"
# A day of two hours keeps tests fast.
N_SLOTS = 8
N_FILES = 2 * N_SLOTS
FILES = gkg.a_day(DAY, n_slots=N_SLOTS)
NAMES = sorted(FILES)
FIRST = f"{DAY:%Y%m%d}000000.gkg.csv.zip"


@pytest.fixture(autouse=True)
def asked_for(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ATLAS_GDELT_GKG", "1")
    monkeypatch.setattr(listing, "SLOTS_PER_DAY", N_SLOTS)
    yield


def load(home: Home, ops: Ops, day: date = TODAY) -> loading.Load:
    web_client.client.cache_clear()
    return loading.load(home, ops, SOURCE, day)


def asked(web: Web) -> list[str]:
    return [request.path.rsplit("/", 1)[-1] for request in web.asked]


def vintage(home: Home, ops: Ops) -> dict[str, bytes]:
    return unpack(SOURCE, archive.read(home.archive, ops.archived(SOURCE.source_id)[-1].raw_sha256))


def outcomes(home: Home, ops: Ops) -> dict[str, File]:
    """Return what became of the files of the newest vintage that were not read."""
    told = [from_bytes(content).file for name, content in vintage(home, ops).items() if name.endswith(".ndjson")]
    assert len(told) == N_FILES
    return {file.name: file for file in told if file.outcome != "read"}


def faults(ops: Ops) -> dict[str, str]:
    log = ops.table("fetch_log").filter(pl.col("error").is_not_null())
    return dict(zip(log["address"].to_list(), log["error"].to_list(), strict=True))


def test_without_its_switch_the_source_is_disabled_and_nobody_is_asked(
    home: Home, ops: Ops, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ATLAS_GDELT_GKG")
    done = load(home, ops)
    assert (done.status, done.message) == ("disabled", "Set ATLAS_GDELT_GKG to enable this source.")
    assert web.asked == []


def test_today_brings_the_files_of_yesterday_each_once_and_archived_as_it_came(home: Home, ops: Ops, web: Web) -> None:
    gkg.serve(web, FILES)
    done = load(home, ops)
    assert done.status == "fetched", done.message
    assert done.in_force is not None
    assert done.in_force.known_at == DAY
    assert sorted(asked(web)) == sorted([*gkg.STREAMS.values(), *NAMES])
    for raw in FILES.values():
        assert archive.read(home.archive, archive.sha256(raw)) == raw
    assert outcomes(home, ops) == {}
    assert vintage(home, ops)["masterfilelist.txt"] == gkg.lists(FILES)["masterfilelist.txt"]
    assert [path.name for path in home.partial.iterdir()] != []
    assert not list(home.partial.glob("gdelt_gkg-*"))
    again = load(home, ops)
    assert again.status in ("unchanged", "fetched")
    assert len(web.asked) == 2 + len(NAMES)


def test_what_lands_of_a_row(home: Home, ops: Ops, web: Web) -> None:
    gkg.serve(web, FILES)
    load(home, ops)
    rows = source_table(home, ops, SOURCE, TODAY)
    assert rows.height >= N_FILES
    assert set(rows["known_at"]) == set(rows["published_on"]) == {DAY}
    first = rows.row(by_predicate=pl.col("url") == f"https://news.example/{DAY:%Y%m%d}001500", named=True)
    assert first["published_at"] == f"{DAY}T00:15:00Z"
    assert first["gkg_file"] == f"{DAY:%Y%m%d}001500.gkg.csv.zip"
    assert first["title"] in gkg.RELEVANT_TITLES
    assert set(rows["language"]) == {"en", "fr"}
    assert rows.filter(pl.col("title").str.contains("Stargate Norway"))["is_relevant"].all()


def parsed(**told: Any) -> dict[str, Any]:
    """Return what one row says once it is landed."""
    import random

    from ingest.gkg.lexicon import lexicon
    from ingest.gkg.records import record_of, to_bytes
    from tests.unit.test_gkg_records import entry

    raw = gkg.slot_file("20260105001500", gkg.row(random.Random(1), **{"title": "Data center", **told}) + b"\n")
    kept = to_bytes(record_of(entry(raw), raw, "0" * 64, lexicon()))
    return parse(SOURCE, {"20260105001500.gkg.csv.zip.ndjson": kept}).frame.row(0, named=True)


def test_fips_codes_are_not_iso_codes() -> None:
    places = ["1#Australia#AS#AS##-25#135#AS#1", "1#Seychelles#SE#SE##-4#55#SE#2", "1#Germany#GM#GM##51#9#GM#3",
              "4#Sea, (General)#OS#OS#1#0#0#4#5", "1#Australia#AS#AS##-25#135#AS#9"]  # fmt: skip
    assert parsed(places=places)["location_iso3s"] == "AUS;DEU;SYC"
    assert parsed(places=[])["location_iso3s"] is None
    assert parsed(places=["#", "1#x", ""])["location_iso3s"] is None


def test_titles_have_their_entities_read_and_keep_what_looks_like_markup() -> None:
    told = parsed(title='Ministry\'s <data centre> & "GPU" café 数据中心')
    assert told["title"] == 'Ministry\'s <data centre> & "GPU" café 数据中心'


def test_a_row_without_title_is_kept_for_what_else_it_names() -> None:
    told = parsed(title="", organisations=["openai", "reuters", "nvidia"])
    assert (told["title"], told["organisations"], told["is_relevant"]) == (None, "openai;nvidia", False)


def test_languages_are_told_in_two_letters() -> None:
    assert [parsed(translated_from=code)["language"] for code in ("", "deu", "zho", "xyz")] == ["en", "de", "zh", None]


def test_missing_slots_malformed_lines_and_bad_files_are_told_and_stop_no_other(home: Home, ops: Ops, web: Web) -> None:
    files = dict(FILES)
    unlisted, gone, altered, broken, malformed = NAMES[2], NAMES[4], NAMES[6], NAMES[8], NAMES[10]
    del files[unlisted]
    files[broken] = b"no zip file"
    gkg.serve(web, files)
    for name in gkg.STREAMS.values():
        listed, kind = web.served[f"{gkg.HOST}/gdeltv2/{name}"]
        lines = [line if malformed.encode() not in line else line.split(b" ")[-1] for line in listed.splitlines(True)]
        web.served[f"{gkg.HOST}/gdeltv2/{name}"] = (b"".join(lines), kind)
    del web.served[f"{gkg.HOST}/gdeltv2/{gone}"]
    web.serve(f"{BASE}{altered}", files[altered] + b"x", "application/zip")
    done = load(home, ops)
    assert done.status == "fetched", done.message
    told = outcomes(home, ops)
    assert {name: file.outcome for name, file in told.items()} == {
        unlisted: "missing", gone: "missing", altered: "md5_differs", broken: "unreadable", malformed: "malformed_line",
    }  # fmt: skip
    assert told[altered].raw_sha256 == archive.sha256(files[altered] + b"x")
    assert archive.read(home.archive, str(told[altered].raw_sha256)) == files[altered] + b"x"
    logged = faults(ops)
    assert {f"{BASE}{name}" for name in told} <= set(logged)
    assert logged[f"{BASE}{altered}"].startswith("md5_differs: expected")
    assert (
        "malformed" in logged[f"{BASE}masterfilelist.txt"]
        or "malformed" in logged[f"{BASE}masterfilelist-translation.txt"]
    )
    assert done.in_force is not None
    assert done.in_force.n_rows >= N_FILES - 5


def test_a_host_that_stops_answering_costs_only_what_had_not_come(home: Home, ops: Ops, web: Web) -> None:
    gkg.serve(web, FILES)
    web.fault(f"{gkg.HOST}/gdeltv2/{NAMES[9]}", keep=0.5)
    done = load(home, ops)
    assert done.status == "failed"
    assert "of 16 files of 2026-11-21 1 are still to come" in str(done.message)
    assert ops.archived(SOURCE.source_id) == []
    web.mend()
    before = len(web.asked)
    done = load(home, ops)
    assert done.status == "fetched"
    assert asked(web)[before:] == [NAMES[9]]
    assert outcomes(home, ops) == {}


def test_a_day_of_which_most_is_bad_is_no_day(home: Home, ops: Ops, web: Web) -> None:
    gkg.serve(web, dict.fromkeys(FILES, b"<p>busy</p>"), listed=FILES)
    done = load(home, ops)
    assert done.status == "failed"
    assert "could read 0" in str(done.message)
    gkg.serve(web, FILES)
    assert load(home, ops).status == "fetched"
    assert outcomes(home, ops) == {}


def test_a_list_that_does_not_name_the_day_is_asked_for_again(home: Home, ops: Ops, web: Web) -> None:
    older = {name.replace(f"{DAY:%Y%m%d}", f"{DAY - timedelta(days=1):%Y%m%d}"): raw for name, raw in FILES.items()}
    gkg.serve(web, older)
    done = load(home, ops)
    assert done.status == "failed"
    assert "masterfilelist.txt to go on to the end of 2026-11-21" in str(done.message)
    assert list(home.archive.glob("??/*")) == []
    gkg.serve(web, FILES)
    assert load(home, ops).status == "fetched"


def test_a_past_day_the_lists_do_not_name_is_no_day(home: Home, ops: Ops, web: Web) -> None:
    gkg.serve(web, FILES)
    done = load(home, ops, DAY - timedelta(days=5))
    assert done.status == "failed"
    assert "of the 0 files the lists name for 2026-11-16" in str(done.message)


def test_a_page_in_place_of_the_list_is_an_error_of_one_line(home: Home, ops: Ops, web: Web) -> None:
    web.serve(f"{BASE}masterfilelist.txt", b"<html>busy</html>", "text/html")
    done = load(home, ops)
    assert done.status == "failed"
    assert str(done.message).startswith("gdelt_gkg: expected text/plain")


def test_past_days_are_asked_for_each_from_its_own_files_and_the_list_once(home: Home, ops: Ops, web: Web) -> None:
    days = [DAY - timedelta(days=number) for number in (2, 1, 0)]
    files = {name: raw for day in days for name, raw in gkg.a_day(day, 1, n_slots=N_SLOTS).items()}
    gkg.serve(web, files)
    done = list(loading.load_days(home, ops, SOURCE, days))
    assert [(one.day, one.status) for one in done] == [(day, "fetched") for day in days]
    assert [vintage.known_at for vintage in ops.vintages(SOURCE.source_id)] == days
    names = asked(web)
    assert len(names) == len(set(names)) == 2 + 3 * N_FILES
    for day in days:
        known = source_table(home, ops, SOURCE, day)
        assert set(known["published_on"]) == {one for one in days if one <= day}
        assert (known["known_at"] == known["published_on"]).all()


def test_a_file_that_tells_of_a_later_day_is_never_asked_for(home: Home, ops: Ops, web: Web) -> None:
    gkg.serve(web, FILES)
    assert load(home, ops, TODAY).status == "fetched"
    assert not [name for name in asked(web) if name.startswith(f"{TODAY:%Y%m%d}")]
    assert load(home, ops, date(2015, 2, 17)).status == "no_vintage"


def test_the_source_can_be_checked_without_keeping_anything(home: Home, ops: Ops, web: Web) -> None:
    gkg.serve(web, FILES)
    newest = "".join(gkg.list_line(f"http://{gkg.HOST}/gdeltv2/{name}", FILES[name]) for name in (FIRST, NAMES[1]))
    web.serve(f"{BASE}lastupdate.txt", newest.encode(), "text/plain")
    found = check.check(home, ops, SOURCE, TODAY, use_mirror=True)
    assert (found.is_reachable, found.is_changed, found.is_drifted) == (True, True, False), found.notes
    assert list(home.archive.glob("??/*")) == []
    web.serve(f"{BASE}lastupdate.txt", b"nothing\n", "text/plain")
    found = check.check(home, ops, SOURCE, TODAY, use_mirror=True)
    assert found.is_drifted
