"""GDELT's list of files: what it says of a day, and lines that say nothing."""

from datetime import date

from ingest.gkg import files, listing
from tests import gkg_files as gkg

DAY = date(2026, 1, 5)
RAW = b"packed"


def lines_of(*days: date) -> str:
    return "".join(gkg.list_line(gkg.url_of(slot), RAW) for day in days for slot in gkg.slot_times(day))


def test_a_day_has_96_names_from_midnight_to_a_quarter_to_midnight() -> None:
    names = listing.names(DAY, "gkg")
    assert len(set(names)) == 96
    assert (names[0], names[-1]) == ("20260105000000.gkg.csv.zip", "20260105234500.gkg.csv.zip")
    assert listing.names(DAY, "translation.gkg")[1] == "20260105001500.translation.gkg.csv.zip"


def test_of_a_long_list_the_files_of_the_day_alone_are_told() -> None:
    content = lines_of(date(2026, 1, 4), DAY, date(2026, 1, 6)).encode()
    found = listing.of_day(content, DAY)
    assert list(found.entries) == listing.names(DAY, "gkg")
    name = "20260105001500.gkg.csv.zip"
    assert found.entries[name] == listing.Entry(name, len(RAW), files.md5(RAW))
    assert found.malformed == []
    assert found.lines == lines_of(DAY).encode()


def test_malformed_lines_are_told_and_the_others_read() -> None:
    slots = [gkg.url_of(slot) for slot in gkg.slot_times(DAY)]
    good = [gkg.list_line(url, RAW) for url in slots]
    bad = [
        f"{slots[3]}\n",  # neither size nor md5
        f"12x4 {'a' * 32} {slots[4]}\n",
        f"1234 {'a' * 31} {slots[5]}\n",
        "\n",
        f"1234 {'a' * 32} ftp:/{slots[6]}\n",
        f"1234 {'a' * 32} {slots[7]} and more\n",
    ]
    content = "".join([*good[:3], *bad, *good[8:]]).encode()
    found = listing.of_day(content, DAY)
    assert found.malformed == [line.rstrip("\n") for line in bad]
    assert set(found.entries) == {name for number, name in enumerate(listing.names(DAY, "gkg")) if not 3 <= number < 8}
    assert found.malformed_line_of("20260105004500.gkg.csv.zip") == slots[3]
    assert found.malformed_line_of("20260105000000.gkg.csv.zip") is None


def test_bytes_that_are_no_text_are_a_malformed_line() -> None:
    content = lines_of(DAY).encode().replace(b"\n", b"\n\xff\xfe broken\n", 1)
    found = listing.of_day(content, DAY)
    assert len(found.malformed) == 1
    assert len(found.entries) == 96


def test_a_list_without_the_day_or_without_anything_tells_of_no_file() -> None:
    for content in (b"", b"\n", lines_of(date(2026, 1, 4)).encode()):
        assert listing.of_day(content, DAY) == listing.Listing(b"", {}, [])


def test_the_last_line_may_lack_its_end() -> None:
    assert len(listing.of_day(lines_of(DAY).encode()[:-1], DAY).entries) == 96


def test_a_list_covers_a_day_when_it_goes_past_it_or_names_its_last_file() -> None:
    whole = lines_of(DAY).encode()
    assert listing.covers(whole, DAY)
    assert listing.covers(lines_of(date(2026, 1, 6)).encode(), DAY)
    assert not listing.covers(whole[: len(whole) // 2], DAY)
    assert not listing.covers(whole, date(2026, 1, 6))


def test_the_newest_file_of_a_stream_is_found_among_others() -> None:
    url = gkg.url_of("20260105001500")
    content = "".join(
        [gkg.list_line(url.replace("gkg.csv", "export.CSV"), RAW), gkg.list_line(url, RAW), "odd\n",
         gkg.list_line(gkg.url_of("20260105001500", ".translation"), RAW)]
    ).encode()  # fmt: skip
    newest = listing.newest(content, "gkg")
    assert newest is not None
    assert newest.name == "20260105001500.gkg.csv.zip"
    assert listing.newest(b"", "gkg") is None
