"""Rows of the Global Knowledge Graph: which are kept, what is read of them, and rows that are none."""

import random
from collections.abc import Iterable
from typing import Any

import pytest

from ingest.gkg import rows as reading
from ingest.gkg.lexicon import Lexicon, lexicon
from tests import gkg_files as gkg

DULL = {"title": "Council votes on harbour bridge", "organisations": ["reuters"], "themes": ["LEADER"], "places": []}


def row(number: int = 0, **told: Any) -> bytes:
    return gkg.row(random.Random(number), **{**DULL, **told})


def read(lines: Iterable[bytes], words: Lexicon | None = None) -> reading.Rows:
    return reading.read([b"".join(line + b"\n" for line in lines)], words or lexicon())


def titles(lines: Iterable[bytes]) -> list[str | None]:
    return [row.title for row in read(lines).relevant]


def slowly(data: bytes, words: Lexicon) -> reading.Rows:
    """Return the same by splitting every row, which is what the module saves."""
    lines = [line.split(b"\t") for line in data.split(b"\n")[:-1]]
    whole = [reading._judge(cells, words) for cells in lines if len(cells) == 27]
    return reading.Rows([row for row in whole if row], len(lines), len(lines) - len(whole))


@pytest.mark.parametrize(
    "title",
    [
        "Data centre approved", "DATA CENTER APPROVED", "Big dAtA-cEnTeR plan", "Stargate UAE breaks ground",
        "Un centre de données à Marseille", "CENTRE DE DONNÉES À MARSEILLE", "Nowy centrum danych w Polsce",
        "在建数据中心", "Новый дата-центр", "Дата-центр в Казани", "مركز بيانات جديد", "A & its <data centre>",
    ],
)  # fmt: skip
def test_a_title_meets_a_cue_in_any_case_and_script(title: str) -> None:
    assert len(titles([row(1), row(2, title=title), row(3)])) == 1


@pytest.mark.parametrize(
    "written",
    ["centre de donn&eacute;es", "centre de donn&#233;es", "CENTRE DE DONN&Eacute;ES", "centre de donn&#xe9;es",
     "centre de données"],
)  # fmt: skip
def test_letters_of_a_title_are_met_however_they_are_written(written: str) -> None:
    line = row(1, title="TITLE").replace(b"TITLE</PAGE", f"Un {written} ici</PAGE".encode())
    assert titles([line]) == [f"Un {written} ici"]


def test_organisations_and_themes_are_met_by_their_whole_names_in_their_columns_alone() -> None:
    by_organisation = row(1, organisations=["reuters", "openai"])
    by_theme = row(2, themes=["LEADER", "WB_676_CLOUD_COMPUTING"])
    found = read([by_organisation, by_theme]).relevant
    assert [(one.organisations, one.themes) for one in found] == [(["openai"], []), ([], ["WB_676_CLOUD_COMPUTING"])]
    parts = [row(3, organisations=["openai watch"]), row(4, themes=["WB_676_CLOUD_COMPUTING_NOT"])]
    elsewhere = row(5, url="https://news.example/openai/data-center/WB_676_CLOUD_COMPUTING")
    assert read([*parts, elsewhere]).relevant == []


def test_a_cue_outside_the_title_keeps_no_row() -> None:
    line = row(1).replace(b"<PAGE_TITLE>", b"<PAGE_LINKS>https://a.example/data-center</PAGE_LINKS><PAGE_TITLE>")
    assert read([line]).relevant == []
    assert read([row(1, title="").replace(b"<PAGE_PREC", b"data center<PAGE_PREC")]).relevant == []


def test_a_second_mark_of_a_title_hides_no_title() -> None:
    line = row(1, title="Data center here").replace(b"</PAGE_TITLE>", b"</PAGE_TITLE><PAGE_TITLE>x</PAGE_TITLE>")
    assert titles([line, row(2)]) == ["Data center here"]
    before = row(3, title="Data center here", url="https://a.example/<PAGE_TITLE>")
    assert titles([before]) == ["Data center here"]


def test_what_is_read_of_a_row() -> None:
    place = "1#Norway#NO#NO##62#10#NO#7"
    line = row(1, title='AI "data centre" & grid', url="https://a.example/x", places=[place], translated_from="nob")
    (found,) = read([line]).relevant
    assert found.url == "https://a.example/x"
    assert found.title == 'AI "data centre" &amp; grid'
    assert found.translated_from == "nob"
    assert found.places == "1#Norway#NO#NO#62#10#NO"
    assert len(found.tone.split(",")) == 7


def test_stray_bytes_spoil_neither_their_row_nor_others() -> None:
    stray = row(1, title="data center X").replace(b"X</PAGE", b"\xff\xfe\x00\x01 Y</PAGE")
    found = read([row(0).replace(b"bridge", b"\xe9\x00\r"), stray, row(2, title="GPU shortage")])
    assert [one.title for one in found.relevant] == ["data center \ufffd\ufffd\x00\x01 Y", "GPU shortage"]
    assert (found.n_rows, found.n_malformed) == (3, 0)


def test_rows_without_27_columns_are_counted_and_not_read_even_where_their_faults_cancel_out() -> None:
    good = row(1, title="data center one")
    short, long = good.replace(b"\t", b" ", 1), good.replace(b";", b"\t", 1)
    found = read([good, short, long, b"", row(2, title="data center two"), b"data center"])
    assert [one.title for one in found.relevant] == ["data center one", "data center two"]
    assert (found.n_rows, found.n_malformed) == (6, 4)


def test_a_file_that_ends_within_a_row_has_that_row_malformed() -> None:
    data = b"\n".join([row(1, title="data center"), row(2, title="data center")[:900]])
    found = reading.read([data], lexicon())
    assert (len(found.relevant), found.n_rows, found.n_malformed) == (1, 2, 1)
    whole = reading.read([row(1, title="data center")], lexicon())
    assert (len(whole.relevant), whole.n_rows, whole.n_malformed) == (1, 1, 0)


@pytest.mark.parametrize("size", [1, 7, 63, 64, 65, 4096, 10**6])
def test_pieces_of_any_size_give_what_splitting_every_row_gives(size: int) -> None:
    filling = gkg.pool(3, 15)
    lines = gkg.content("20260105001500", filling, 12).split(b"\n")[:-1]
    lines[3:3] = [row(7, title="Data center here"), lines[0].replace(b"\t", b"", 1), row(8, organisations=["nvidia"])]
    data = b"".join(line + b"\n" for line in lines)
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    assert reading.read(pieces, lexicon()) == slowly(data, lexicon())
    assert len(slowly(data, lexicon()).relevant) >= 2


def test_no_bytes_are_no_rows() -> None:
    for pieces in ([], [b""]):
        assert reading.read(pieces, lexicon()) == reading.Rows([], 0, 0)


def test_a_row_without_end_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ROW_MAX_BYTES", 1000)
    taken = []

    def endless() -> Iterable[bytes]:
        while True:
            taken.append(1)
            yield b"x" * 100

    with pytest.raises(ValueError, match="at most 1,000 bytes"):
        reading.read(endless(), lexicon())
    assert len(taken) < 20
