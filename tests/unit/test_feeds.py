"""RSS, Atom and lists in JSON become the same rows: addresses, titles, days and facts."""

import json
import urllib.request
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from html import escape
from typing import Any

import pytest

from ingest.column_declaration import item_columns
from ingest.declaration import get_declaration
from ingest.errors import ParseError
from ingest.extraction.facts import Facts, columns_of
from ingest.parsing import DTYPES, parse
from ingest.reading import items
from ingest.reading.feeds import read_feed
from ingest.reading.items import Item, items_frame, language_code, plain_text

TOLD = ("url", "title", "language", "published_at", "published_on")
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def rss(*entries: str, head: str = HEAD, channel: str = "") -> bytes:
    listed = "".join(f"<item>{entry}</item>" for entry in entries)
    return f'{head}<rss version="2.0"><channel><title>News</title>{channel}{listed}</channel></rss>'.encode()


def entry(number: int = 1, **parts: str) -> str:
    whole = {"title": f"Item {number}", "link": f"https://example.org/{number}"} | parts
    return "".join(f"<{name}>{text}</{name}>" for name, text in whole.items() if text)


def read(content: bytes) -> list[dict[str, Any]]:
    return read_feed({"feed.xml": content}).to_dicts()


def told(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in TOLD) for row in rows]


def test_the_columns_are_those_declared_and_end_with_those_of_the_facts() -> None:
    frame = read_feed({"feed.xml": rss(entry())})
    assert frame.schema == {column.name: DTYPES[column.type] for column in item_columns()}
    facts = columns_of(Facts(is_relevant=True))
    assert frame.columns[-len(facts) :] == list(facts)


def test_an_item_of_rss_is_read() -> None:
    told_of = entry(pubDate="Fri, 28 Aug 2026 23:30:00 -0500", link="http://example.org/1?utm_source=rss")
    (row,) = read(rss(told_of, channel="<language>en-us</language>"))
    assert told([row]) == [("https://example.org/1", "Item 1", "en", "2026-08-29T04:30:00Z", date(2026, 8, 29))]
    assert len(row["item_id"]) == 16


def test_an_item_of_atom_is_read() -> None:
    content = (
        f'{HEAD}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="nb"><title>News</title><entry>'
        '<title type="html">Deal &amp;amp; &lt;b&gt;more&lt;/b&gt;</title><id>tag:example.org,2026:1</id>'
        '<link rel="alternate" href="https://example.org/1"/><updated>2026-08-28T06:00:00+02:00</updated>'
        '</entry></feed>'
    ).encode()  # fmt: skip
    assert told(read(content)) == [
        ("https://example.org/1", "Deal & more", "nb", "2026-08-28T04:00:00Z", date(2026, 8, 28))
    ]


@pytest.mark.parametrize(
    "when",
    ["", "soon", "Mon, 01 Jan 0001 00:00:00 +0000", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 32 Aug 2026 06:00:00 GMT"],
)
def test_a_date_that_proves_nothing_is_none(when: str) -> None:
    assert told(read(rss(entry(pubDate=when))))[0][3:] == (None, None)


def test_an_item_without_a_link_has_that_of_its_identifier_or_is_left_out() -> None:
    content = rss(
        entry(1),
        entry(2, link="", guid="https://example.org/2"),
        entry(3, link="", guid="abc-3"),
        entry(4, link="/relative"),
    )
    assert [row["title"] for row in read(content)] == ["Item 1", "Item 2"]


def test_an_item_without_a_title_is_kept() -> None:
    assert told(read(rss(entry(title="", description="A deal."))))[0][:2] == ("https://example.org/1", None)


def test_a_page_listed_twice_is_one_row_with_its_earliest_date() -> None:
    content = rss(
        entry(1, title="First", pubDate="Fri, 28 Aug 2026 06:00:00 GMT"),
        entry(1, title="Again", pubDate="Thu, 27 Aug 2026 06:00:00 GMT", link="http://example.org/1/?utm_source=x"),
    )
    assert told(read(content)) == [("https://example.org/1", "First", None, "2026-08-27T06:00:00Z", date(2026, 8, 27))]


def test_a_day_and_a_moment_of_it_are_told_apart() -> None:
    moment = datetime(2026, 8, 28, 1, tzinfo=timezone(timedelta(hours=3)))
    listed = [Item("https://a.org/1", published=date(2026, 8, 28)), Item("https://a.org/1", published=moment)]
    (row,) = items_frame(listed).to_dicts()
    assert (row["published_at"], row["published_on"]) == ("2026-08-27T22:00:00Z", date(2026, 8, 27))
    (row,) = items_frame(listed[:1]).to_dicts()
    assert (row["published_at"], row["published_on"]) == (None, date(2026, 8, 28))


def watch(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that will hold the texts facts are read out of; each names one vendor."""
    texts: list[str] = []

    def facts(text: str, url: str) -> dict[str, Any]:
        texts.append(text)
        return columns_of(Facts(is_relevant=True, vendors=("NVIDIA",)))

    monkeypatch.setattr(items, "_facts", facts)
    return texts


def test_the_facts_are_of_title_and_short_description_without_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    read_texts = watch(monkeypatch)
    long = "word " * 1000
    content = rss(
        entry(1, description=escape("<p>A <b>deal</b> of 5&nbsp;MW</p><script>x</script>")),
        entry(2, description=long),
    )
    rows = read(content)
    assert read_texts[0] == "Item 1\nA deal of 5 MW"
    assert len(read_texts[1]) <= 2010
    assert [row["vendors"] for row in rows] == ["NVIDIA", "NVIDIA"]
    assert not any("deal of 5" in str(value) for row in rows for value in row.values())


def test_the_content_is_read_where_there_is_no_description(monkeypatch: pytest.MonkeyPatch) -> None:
    read_texts = watch(monkeypatch)
    head = HEAD + '<!-- made by hand --><?xml-stylesheet href="x.css"?>'
    content = rss(entry(1) + "<c:encoded>Whole text</c:encoded>", head=head)
    read(content.replace(b"<rss ", b'<rss xmlns:c="http://purl.org/rss/1.0/modules/content/" '))
    assert read_texts == ["Item 1\nWhole text"]


BOMB = '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "came ''"),
        (b"<!doctype html><html></html>", "without a document type"),
        (b"<html><body>Just a moment</body></html>", "expected a feed, came '<html>"),
        (b'{"error": "no"}', "expected a feed"),
        (b"Please limit requests to one every 5 seconds", "came 'Please limit"),
        (rss(entry(title="&b;"), head=HEAD + BOMB), "without a document type"),
        (rss(entry(title="&b;"), head=f"{HEAD}<!-- a --> {BOMB}"), "without a document type"),
        (rss(entry(), head="").decode().encode("utf-16"), "expected a feed"),
        (rss(entry(), head='<?xml version="1.0" encoding="UTF-7"?>'), "came utf-7"),
        (rss(entry(1), entry(2))[:-20], "cut short"),
        (rss(entry(link="mailto:a@example.org")), "came 1 without any"),
    ],
)
def test_what_is_no_feed_is_told(content: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_feed({"feed.xml": content})


def test_a_feed_without_items_has_no_rows() -> None:
    assert read(rss()) == []


def test_a_feed_in_latin_letters_of_its_own_encoding_is_read() -> None:
    content = rss(entry(title="Café"), head='<?xml version="1.0" encoding="ISO-8859-1"?>').decode().encode("latin-1")
    assert told(read(content))[0][1] == "Café"


def test_a_feed_that_is_not_well_formed_is_read_as_far_as_it_goes() -> None:
    assert [row["title"] for row in read(rss(entry(1, title="R & D & more"), entry(2)))] == ["R & D & more", "Item 2"]


def test_nothing_is_fetched_and_no_file_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("asked for something")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    monkeypatch.setattr(urllib.request, "build_opener", refuse)
    linked = '<?xml-stylesheet href="https://example.org/x.xsl"?>'
    assert len(read(rss(entry(), head=HEAD + linked))) == 1
    with pytest.raises(ValueError, match="expected a feed"):
        read_feed({"feed.xml": b"https://example.org/feed"})


@pytest.mark.parametrize(
    ("told", "code"),
    [("English", "en"), ("en-US", "en"), ("pt_BR", "pt"), ("Chinese", "zh"), ("Greek", "el"), ("Norwegian", "no"),
     ("", None), ("Klingon", None), ("xx", None)],
)  # fmt: skip
def test_a_language_is_told_as_code_or_name(told: str, code: str | None) -> None:
    assert language_code(told) == code


def test_text_keeps_what_is_no_markup() -> None:
    assert plain_text("AT&amp;T: 5 < 6 MW<br/>and\n more") == "AT&T: 5 < 6 MW and more"


def parsed(source_id: str, *pages: Any) -> list[tuple[Any, ...]]:
    files: Mapping[str, bytes] = {
        str(number): page if isinstance(page, bytes) else json.dumps(page).encode() for number, page in enumerate(pages)
    }
    return told(parse(get_declaration(source_id), files).frame.to_dicts())


def test_gdelt_is_read_although_its_json_and_its_titles_are_damaged() -> None:
    content = (
        rb'{"articles": [{"url": "https://www.example.org:443/a%20title=", '
        rb'"title": "Joe\'s deal , at \"50 %\" : C:\\dir \u00e9 \A'
        b"\x01"
        rb'", "seendate": "20260828T121500Z", "language": "Spanish", "sourcecountry": "Greece"}]}'
    )
    ((url, title, *rest),) = parsed("gdelt_doc", content)
    assert (url, title) == ("https://www.example.org/a", r"""Joe's deal, at "50%": C:\dir é \A""")
    assert rest == ["es", "2026-08-28T12:15:00Z", date(2026, 8, 28)]


@pytest.mark.parametrize("text", [b"Your query was too short or too long.\n", b"Please limit requests to one"])
def test_gdelts_words_are_told(text: bytes) -> None:
    with pytest.raises(ParseError, match="GDELT says '(Your query|Please limit)"):
        parsed("gdelt_doc", text)


def test_half_a_character_stops_no_other_item() -> None:
    titles = ("\ud83d deal", "B")
    articles = [{"url": f"https://example.org/{number}", "title": title} for number, title in enumerate(titles)]
    assert [row[1] for row in parsed("gdelt_doc", {"articles": [*articles, {"title": "Without an address"}]})] == [
        "? deal", "B",
    ]  # fmt: skip


def test_gdelt_that_found_nothing_has_no_rows() -> None:
    assert parsed("gdelt_doc", {}) == []


def test_an_archive_whose_pages_overlap_has_each_post_once() -> None:
    posts = [
        {"slug": f"p{number}", "title": f"Post {number}", "canonical_url": f"https://example.org/p/p{number}",
         "post_date": f"2026-08-{20 - number:02}T13:01:40.000Z", "subtitle": "A deal"}
        for number in range(3)
    ]  # fmt: skip
    rows = parsed("global_data_center_hub", posts[:2], posts[1:], posts[:2])
    assert [row[0] for row in rows] == [f"https://example.org/p/p{number}" for number in range(3)]
    assert rows[0][3:] == ("2026-08-20T13:01:40Z", date(2026, 8, 20))


def test_a_filing_is_told_by_who_filed_what_and_where_it_lies() -> None:
    filing = {
        "ciks": ["0001341439"], "display_names": ["ORACLE CORP  (ORCL)  (CIK 0001341439)"], "form": "8-K",
        "file_type": "EX-99.1", "file_description": None, "file_date": "2026-08-28",
    }  # fmt: skip
    page = {"hits": {"hits": [{"_id": "0001341439-26-000012:ex99.htm", "_source": filing}]}}
    assert parsed("sec_full_text", page, {"hits": {"hits": []}}) == [
        ("https://www.sec.gov/Archives/edgar/data/1341439/000134143926000012/ex99.htm",
         "ORACLE CORP (ORCL), 8-K, EX-99.1", "en", None, date(2026, 8, 28))
    ]  # fmt: skip


def test_a_document_of_the_federal_register_has_a_day_and_no_moment() -> None:
    document = {"html_url": "https://www.federalregister.gov/documents/1", "title": "Notice", "abstract": None,
                "publication_date": "2026-08-28"}  # fmt: skip
    assert parsed("federal_register", {"count": 1, "results": [document]}) == [
        ("https://www.federalregister.gov/documents/1", "Notice", "en", None, date(2026, 8, 28))
    ]
    assert parsed("federal_register", {"count": 0}) == []


def test_facts_stand_in_the_row_with_the_span_of_their_evidence() -> None:
    content = rss(entry(title="OpenAI and Northlight to build a 230 MW AI data center in Norway for $2 billion"))
    (row,) = read(content)
    assert row["is_relevant"]
    assert (row["site_iso3s"], row["capacity_mw"]) == ("NOR", 230.0)
    assert (row["investment_amount"], row["investment_currency"]) == (2e9, "USD")
    assert "OpenAI" in row["vendors"]
    found = {one["field"]: f"{row['title']}\n"[one["start"] : one["end"]] for one in json.loads(row["evidence"])}
    assert "230 MW" in found.values()
