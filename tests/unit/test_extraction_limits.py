"""No text makes the extractor raise, point outside the text or take long, whatever its letters are."""

import csv
import math
import re
import time

import pycountry
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.extraction import extract
from ingest.extraction.lexicon import FOLDER, read_terms
from ingest.extraction.text import Text

MS_PER_KB = 10
WORDS = re.findall(
    r"\S+",
    "in to of for the a data center MW GW 100 1,000 $5 US$ billion Stargate India US UAE Jordan OpenAI signs MOU plans "
    "up over more than first phase expand 's , . - ( ) 数据中心 年 亿 26万 GPUs after İ ﬁ 𝟙 \0",
)
texts = st.one_of(st.text(max_size=3000), st.lists(st.sampled_from(WORDS), max_size=600).map(" ".join))


@settings(max_examples=150, deadline=None)
@given(texts)
def test_any_text_is_read_and_every_offset_lies_in_it(text: str) -> None:
    facts = extract(text, text[:40])
    assert all(0 <= one.start < one.end <= len(text) for one in facts.evidence)
    assert all(math.isfinite(one.mw) and one.mw > 0 for one in facts.capacities)
    assert len(Text(text).plain) == len(Text(text).low) == len(text)


def test_half_a_character_is_read_as_none() -> None:
    facts = extract("OpenAI \ud800 plans 100MW data center in India")
    assert (facts.is_relevant, facts.countries) == (True, ("IND",))


def _seconds(text: str) -> float:
    """Return the processor time of reading a text, the least of three: other work on the machine is not counted."""
    spent = []
    for _ in range(3):
        start = time.thread_time()
        extract(text)
        spent.append(time.thread_time() - start)
    return min(spent)


@settings(max_examples=60, deadline=None)
@given(texts)
def test_no_text_takes_more_than_its_length_allows(text: str) -> None:
    n_kb = max(math.ceil(len(text.encode(errors="surrogatepass")) / 1024), 1)
    assert _seconds(text) <= n_kb * MS_PER_KB / 1000


@pytest.mark.parametrize(
    "piece",
    ["a", "1", "1.1", "1,000,", "1 ", "$1 billion ", "$1", "100 MW ", "1mw", "US ", "India, ", "in ", "'s ", "A. ",
     "sign", "signs ", "data center ", "first phase of ", "expand to ", "up to ", "x.x", "1 to 1 ", "100 a b c d gpus ",
     "1 GW of a ", "the ", "Jordan ", "Microsoft's ", "stargate reaches ", "after ", "核", "数据中心", "亿", "İ", "(",
     "Japan. ", "\n", ". "],
)  # fmt: skip
def test_repetition_is_read_in_time_that_grows_with_length(piece: str) -> None:
    text = (piece * 16_384)[:16_384]
    assert _seconds(text) <= math.ceil(len(text.encode()) / 1024) * MS_PER_KB / 1000


def test_every_phrase_and_term_is_bounded_and_compiles() -> None:
    with (FOLDER / "phrases.csv").open(encoding="utf-8", newline="") as file:
        phrases = [row["term"] for row in csv.DictReader(file)]
    for phrase in phrases:
        re.compile(phrase)
        # A repeat without end may only stand over letters of one word, and nothing may repeat a repeat.
        rest = re.sub(r"(?:\\[wd]|\[[^\]]*\])[*+]", "", phrase)
        assert not re.search(r"[*+]|\{\d+,\}", rest), phrase


def test_lexicons_hold_countries_that_exist_and_no_term_twice() -> None:
    known = {country.alpha_3 for country in pycountry.countries} | {"XKX", ""}
    places = read_terms("places")
    assert {place.value for place in places} <= known
    assert {place.kind for place in places} == {"country", "ambiguous", "none", "region", "demonym", "place"}
    for name in ("places", "vendors", "stages", "components", "terms", "currencies", "outlets", "relevance"):
        terms = [(term.term, term.value, term.kind) for term in read_terms(name)]
        assert len(terms) == len(set(terms)), name
        assert all(term and term == term.strip() for term, _, _ in terms), name
