"""The IMF's answer: the indicator asked for, or its words."""

import pytest

from ingest.declaration import get_declaration
from ingest.errors import ParseError
from ingest.parsing import parse

DECLARATION = get_declaration("imf_ai_preparedness")


def test_economies_and_years_are_rows() -> None:
    content = b'{"values": {"AI_PI": {"NAM": {"2023": 0.4}, "EME": {"2023": 0.46, "2024": null}}}, "api": {}}'
    frame = parse(DECLARATION, {"AI_PI.json": content}).frame
    assert frame.rows() == [("NAM", 2023, 0.4), ("EME", 2023, 0.46), ("EME", 2024, None)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"api": {"version": "1", "output-method": "json"}}', "output-method"),
        (b'{"values": {"AI_PI": {"NAM": 0.4}}}', "AttributeError"),
        (b"[]", "AttributeError"),
        (b"[" * 100_000, "nested too deep"),
    ],
)
def test_what_is_not_the_indicator_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        parse(DECLARATION, {"AI_PI.json": content})
