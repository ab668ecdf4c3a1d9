"""Parser of Ember's API: whole answers become rows, anything else is told as what it is."""

import json
from typing import Any

import pytest

from ingest.declaration import get_declaration
from ingest.errors import ParseError
from ingest.parsing import Parsed, parse

SOURCE = get_declaration("ember_api_generation_monthly")
RECORD = {
    "entity": "Namibia", "entity_code": "NAM", "is_aggregate_entity": False, "date": "2026-07-01", "series": "Solar",
    "is_aggregate_series": False, "generation_twh": 0.05, "share_of_generation_pct": 41.5,
}  # fmt: skip


def read(answer: Any) -> Parsed:
    content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return parse(SOURCE, {"ember_api_generation_monthly": content})


def test_records_become_typed_rows() -> None:
    import_lacks = RECORD | {"series": "Net imports", "generation_twh": None, "share_of_generation_pct": None}
    parsed = read({"stats": {"number_of_records": 2}, "data": [RECORD, import_lacks]})
    assert (parsed.missing, parsed.extra, parsed.untyped) == ([], [], {})
    assert parsed.frame["generation_twh"].to_list() == [0.05, None]
    assert parsed.frame["is_aggregated"].to_list() == [False, False]


@pytest.mark.parametrize("stats", [{}, {"number_of_records": None}, None])
def test_an_answer_that_tells_no_number_of_records_is_read(stats: Any) -> None:
    assert read({"stats": stats, "data": [RECORD]}).frame.height == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"detail": "No API key set"}, "No API key set"),
        ({"message": "try later"}, "try later"),
        ([RECORD], "expected data"),
        ({"stats": {"number_of_records": 2}, "data": [RECORD]}, "expected 2 records, came 1"),
        ({"stats": {"number_of_records": 0}, "data": [RECORD]}, "expected 0 records, came 1"),
        ({"data": {"0": RECORD}}, "holds no records"),
        ({"data": [RECORD, 7]}, "holds no records"),
    ],
)
def test_what_is_no_whole_answer_is_told(answer: Any, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        read(answer)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"null", b"7", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"data": [{}, {"entity": ',
        b'{"data": [{"generation_twh": 1e999}], "stats": []}', b'{"data": [], "stats": {"number_of_records": "x"}}',
        json.dumps({"data": [RECORD | {"generation_twh": [1]}, RECORD]}).encode(),
        json.dumps({"data": [RECORD | {"generation_twh": 10**400}, RECORD]}).encode(),
    ],
)  # fmt: skip
def test_garbage_is_a_parse_error_or_shows_in_the_frame(content: bytes) -> None:
    try:
        parsed = read(content)
    except ParseError:
        return
    assert parsed.untyped or parsed.missing or parsed.frame.is_empty()
