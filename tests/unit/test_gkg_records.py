"""One file of a day: checked against the list, inflated within bounds, read, and kept as lines."""

import io
import random
import zipfile
from datetime import date

import pytest

from ingest.gkg import files, listing
from ingest.gkg.day import records
from ingest.gkg.lexicon import Lexicon, lexicon
from ingest.gkg.records import Record, from_bytes, record_of, to_bytes
from ingest.home import PROJECT_ROOT
from tests import gkg_files as gkg

RECORDED = PROJECT_ROOT.parent / "shared" / "recorded" / "files" / "gdelt"
NAME = "20260105001500.gkg.csv.zip"
DATA = b"".join(gkg.row(random.Random(number), title=f"Data center {number}") + b"\n" for number in range(3))
RAW = gkg.slot_file("20260105001500", DATA)


def entry(raw: bytes, **other: object) -> listing.Entry:
    told = {"name": NAME, "n_bytes": len(raw), "md5": files.md5(raw), **other}
    return listing.Entry(**told)  # ty: ignore[invalid-argument-type]


def record(raw: bytes, **other: object) -> Record:
    return record_of(entry(raw, **other), raw, "0" * 64, lexicon())


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as written:
        for name, content in members:
            written.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


def test_a_file_that_is_as_listed_is_read() -> None:
    found = record(RAW)
    assert (found.file.outcome, found.file.detail) == ("read", None)
    assert (found.file.n_rows, found.file.n_malformed, found.file.n_relevant) == (3, 0, 3)
    assert [row.title for row in found.rows] == ["Data center 0", "Data center 1", "Data center 2"]


@pytest.mark.parametrize("other", [{"md5": "0" * 32}, {"n_bytes": 5}])
def test_other_bytes_than_the_list_promises_are_not_read(other: dict[str, object]) -> None:
    found = record(RAW, **other)
    assert found.file.outcome == "md5_differs"
    assert "expected" in str(found.file.detail)
    assert found.rows == []
    assert found.file.n_rows is None


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "no zip file"), (b"<html>busy</html>", "no zip file"), (RAW[: len(RAW) // 2], "no zip file"),
        (zipped(), "one member"), (zipped(("a", DATA), ("b", DATA)), "one member"),
        (zipped(("a", DATA), method=zipfile.ZIP_BZIP2), "not read"),
        (RAW[:200] + bytes([RAW[200] ^ 255]) + RAW[201:], "damaged"),
    ],
)  # fmt: skip
def test_bytes_that_are_no_such_file_are_unreadable(raw: bytes, told: str) -> None:
    found = record(raw)
    assert found.file.outcome == "unreadable"
    assert told in str(found.file.detail)
    assert found.rows == []


def test_a_file_that_says_to_be_too_large_is_not_inflated() -> None:
    with pytest.raises(ValueError, match="past the cap of 1,000"):
        next(files.inflate(RAW, max_bytes=1000))


def test_a_file_that_lies_about_its_size_is_inflated_no_further_than_it_says() -> None:
    bomb = bytearray(zipped(("a", bytes(50 * 2**20))))
    directory = bomb.rindex(b"PK\x01\x02")
    bomb[directory + 24 : directory + 28] = (1000).to_bytes(4, "little")
    came = []
    with pytest.raises(ValueError, match=r"damaged: expected 1,000 bytes"):
        came += [len(piece) for piece in files.inflate(bytes(bomb))]
    assert sum(came) <= files.PIECE_BYTES


def test_an_empty_file_has_no_rows() -> None:
    found = record(zipped(("a", b"")))
    assert (found.file.outcome, found.file.n_rows) == ("read", 0)


def test_what_is_kept_is_what_was_read() -> None:
    for kept in (record(RAW), record(RAW, md5="0" * 32), record(b"")):
        assert from_bytes(to_bytes(kept)) == kept


@pytest.mark.parametrize("cut", [1, 30, 400])
def test_a_record_that_was_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(ValueError):
        from_bytes(to_bytes(record(RAW))[:-cut])


def test_files_read_at_once_come_back_in_order_and_are_taken_one_by_one() -> None:
    taken = 0

    def came():
        nonlocal taken
        for number in range(20):
            taken += 1
            raw = RAW if number % 3 else b"no zip"
            yield entry(raw, name=f"{number:014}.gkg.csv.zip"), raw, f"{number:064}"

    seen = []
    for found in records(came()):
        seen.append(found)
        assert taken - len(seen) < 6
    assert [one.file.name for one in seen] == [f"{number:014}.gkg.csv.zip" for number in range(20)]
    assert [one.file.outcome == "read" for one in seen] == [number % 3 > 0 for number in range(20)]


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers are not beside the project")
@pytest.mark.parametrize(
    ("file", "name_of_list"),
    [("20150218230000.gkg.csv.zip", "masterfilelist.txt"),
     ("20150218224500.translation.gkg.csv.zip", "masterfilelist-translation.txt")],
)  # fmt: skip
def test_real_files_are_as_their_list_says_and_all_their_rows_whole(file: str, name_of_list: str) -> None:
    told = listing.of_day((RECORDED / name_of_list).read_bytes(), date(2015, 2, 18)).entries[file]
    raw = (RECORDED / file).read_bytes()
    found = record_of(told, raw, "0" * 64, lexicon()).file
    assert (found.outcome, found.n_rows, found.n_malformed) == ("read", 100, 0)
    # The real titles hold no cue of ours; these words stand in for some.
    virus = Lexicon([{"where": "title", "cue": "virus"}, {"where": "organisation", "cue": "united nations"},
                     {"where": "theme", "cue": "TAX_DISEASE_CORONAVIRUS"}])  # fmt: skip
    rows = record_of(told, raw, "0" * 64, virus).rows
    lines = [line.split(b"\t") for line in b"".join(files.inflate(raw)).split(b"\n")[:-1]]
    assert [row.url for row in rows] == [
        cells[4].decode(errors="replace")
        for cells in lines
        if b"virus" in cells[26].partition(b"<PAGE_TITLE>")[2].lower()
        or b"united nations" in cells[13].split(b";")
        or b"TAX_DISEASE_CORONAVIRUS" in cells[7].split(b";")
    ]
    assert len(rows) > 10
