"""One page has one address, whatever was added to it on the way."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.reading.web_address import canonical, item_id_of

PAGE = "https://www.example.org/2026/deal"


@pytest.mark.parametrize(
    "url",
    [
        PAGE,
        "http://www.example.org/2026/deal",
        "HTTPS://WWW.Example.ORG/2026/deal",
        "https://www.example.org:443/2026/deal",
        "http://www.example.org:80/2026/deal",
        "https://www.example.org./2026/deal",
        "https://reader:secret@www.example.org/2026/deal",
        f"{PAGE}/",
        f"{PAGE}#part-2",
        f"  {PAGE}\n",
        f"{PAGE}?utm_source=rss&utm_medium=feed",
        f"{PAGE}?fbclid=a&gclid=b&msclkid=c&mc_cid=d&mkt_tok=e",
        f"{PAGE}?amp=1",
        f"{PAGE}?amp",
        f"{PAGE}?outputType=amp&amp;utm_source=x",
        f"{PAGE}?m=1",
        f"{PAGE}/amp",
        f"{PAGE}/amp/",
        "https://www.example.org/amp/2026/deal",
        f"{PAGE}.amp",
        f"{PAGE}%20title=",
        f"{PAGE} title=Some title",
        f"{PAGE}?utm_campaign=x%20title=",
    ],
)
def test_twins_of_a_page_are_one(url: str) -> None:
    assert canonical(url) == PAGE


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/a-amp.html", "https://example.org/a.html"),
        ("https://example.org/a.amp.html", "https://example.org/a.html"),
        ("https://example.org/a.html/amp", "https://example.org/a.html"),
        ("https://amp.example.org/a", "https://example.org/a"),
        ("https://m.example.org/a", "https://example.org/a"),
        ("https://example.org/?p=12&utm_source=x", "https://example.org?p=12"),
        ("https://example.org/é?q=ü", "https://example.org/%C3%A9?q=%C3%BC"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://example.org/%c3%a9", "https://example.org/%C3%A9"),
    ],
)
def test_a_twin_for_phones_and_a_way_of_writing_are_undone(url: str, expected: str) -> None:
    assert canonical(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/deal",  # another host: it may serve other pages
        "https://www.example.org:8443/2026/deal",
        f"{PAGE}?id=1",
        f"{PAGE}s",
        f"{PAGE}-amplifier",
        f"{PAGE}?champion=1",
        f"{PAGE}?title=x",
        "https://www.example.org/2026/Deal",
    ],
)
def test_another_page_stays_another(url: str) -> None:
    assert canonical(url) not in (PAGE, None)


@pytest.mark.parametrize(
    "text",
    [
        "", "press release", "ftp://example.org/a", "mailto:a@example.org", "javascript:alert(1)", "//example.org/a",
        "https://", "https://localhost/a", "https://[::1]/a", "https://[/a", "https://example.org:abc/",
        "https://example.org:99999/", "https://exa mple.org/", f"https://example.org/{'a' * 5000}", "https://a..b/",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_page_is_none(text: str) -> None:
    assert canonical(text) is None


PIECES = st.sampled_from(
    ["https://", "HTTP://", "amp.", "m.", "www.", "Example", ".org", ":443", ":80", "/", "/amp", "amp", "-amp.html",
     ".amp", "?", "&", "amp;", "utm_source=x", "amp=1", "id=1", "%20", " ", "title=", "#", "%", "%c3", "é", "'", '"']
)  # fmt: skip


@given(
    st.one_of(
        st.text(),
        st.lists(PIECES, max_size=14).map("".join),
        st.lists(PIECES).map(lambda p: "https://a.b/" + "".join(p)),
    )
)
@example("https://a.b/x?a%20title=&utm_source=1")
@example("https://a.b/\ud800")
@example("https://amp.m.a.b/amp/.amp/")
def test_any_text_is_read_and_a_canonical_address_stays(text: str) -> None:
    found = canonical(text)
    if found is not None:
        assert canonical(found) == found
        assert found.startswith("https://")
        assert "#" not in found


def test_an_item_is_named_by_the_hash_of_its_address() -> None:
    assert item_id_of(PAGE) == "2897f0576d7a4442"
