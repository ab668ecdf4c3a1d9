"""Real pip, a folder for an index: only pinned bytes are kept, and no address is told."""

from datetime import date
from pathlib import Path

import pytest

from ingest import archive
from ingest.declaration import Declaration
from ingest.errors import FetchError, UnreachableError
from ingest.home import Home
from ingest.ops import Ops
from ingest.transports import Fetched
from ingest.transports.package import _explain, fetch
from tests.conftest import TODAY, Tiny, csv_of
from tests.pipeline import Wheel

RELEASED = date(2026, 3, 1)


def kept(home: Home) -> list[Path]:
    return [path for path in home.archive.rglob("*") if path.is_file()]


def fetched(declaration: Declaration, home: Home, day: date = TODAY) -> list[Fetched]:
    with Ops(home.ops_db) as ops:
        return list(fetch(declaration, day, home, ops))


@pytest.fixture
def edition(tiny: Tiny) -> Wheel:
    return tiny.wheel("1.0", RELEASED, csv_of(FRA=1))


def test_a_pinned_wheel_is_fetched_and_kept(home: Home, tiny: Tiny, edition: Wheel) -> None:
    edition.put(tiny.wheels)
    (found,) = fetched(tiny.declare_package(edition), home)
    assert archive.read(home.archive, found.raw_sha256) == edition.content
    assert (found.known_at, found.edition, found.basis) == (RELEASED, "1.0", "edition")
    assert found.n_bytes == len(edition.content)
    assert [path for path in home.tmp.rglob("*") if path.is_file()] == []


def test_other_bytes_under_the_same_version_are_refused(home: Home, tiny: Tiny, edition: Wheel) -> None:
    tiny.wheel("1.0", RELEASED, csv_of(FRA=2)).put(tiny.wheels)
    with pytest.raises(FetchError, match="another sha256"):
        fetched(tiny.declare_package(edition), home)
    assert kept(home) == []


def test_a_package_nobody_offers_is_unreachable(home: Home, tiny: Tiny, edition: Wheel) -> None:
    with pytest.raises(UnreachableError, match="tiny: tiny-data 1.0 could not be downloaded"):
        fetched(tiny.declare_package(edition), home)
    assert kept(home) == []


def test_an_index_that_does_not_answer_is_unreachable_and_its_address_is_not_told(
    home: Home, tiny: Tiny, edition: Wheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://user:secret@127.0.0.1:9/simple")
    with pytest.raises(UnreachableError) as error:
        fetched(tiny.declare_package(edition), home)
    assert not {word for word in ("user", "secret", "127.0.0.1", "simple") if word in str(error.value)}


@pytest.mark.parametrize("padding", range(140, 200, 10))
def test_no_part_of_an_address_is_told_wherever_a_complaint_is_cut(padding: int) -> None:
    complaint = "Looking in https://user:secret@index.example/simple" + " x" * (padding // 2)
    told = str(_explain("tiny", complaint))
    assert not {word for word in ("secret", "index.example") if word in told}


def test_an_edition_released_after_the_day_is_not_fetched(home: Home, tiny: Tiny, edition: Wheel) -> None:
    assert fetched(tiny.declare_package(edition), home, date(2026, 2, 28)) == []


def test_an_archived_edition_is_not_fetched_again(home: Home, tiny: Tiny, edition: Wheel) -> None:
    archive.store(home.archive, edition.content)
    (found,) = fetched(tiny.declare_package(edition), home)
    assert found.raw_sha256 == archive.sha256(edition.content)
