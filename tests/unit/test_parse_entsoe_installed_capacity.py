"""The parser of ENTSO-E's documents: years begin before midnight UTC, silence is no zero, and refusals are told."""

import pytest

from ingest.declaration import get_declaration
from ingest.errors import ParseError
from ingest.parsing import parse
from tests.fixtures.sources.entsoe_installed_capacity import SILENT, acknowledgement, files, good_rows

SOURCE = get_declaration("entsoe_installed_capacity")


def test_a_document_a_country_becomes_rows_and_a_silent_country_has_none() -> None:
    rows = good_rows()
    frame = parse(SOURCE, files(rows)).frame
    assert [dict(row) for row in frame.select(*rows[0]).iter_rows(named=True)] == rows
    assert SILENT not in frame["country_code"]
    assert frame.filter(capacity_mw=0).height > 0


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (acknowledgement("Invalid query attributes or parameters."), "ENTSO-E answers for SE.xml: 'Invalid query"),
        (b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "b">]><l>&a;</l>', "without a document type"),
        ('<!DOCTYPE l [<!ENTITY a "b">]><l/>'.encode("utf-16-le"), "without a document type"),
        ('<!DOCTYPE l [<!ENTITY a "b">]><l/>'.encode("utf-16"), "UnicodeDecodeError"),
        (b'<?xml version="1.0"?><GL_MarketDocument><type>A68</type>', "not XML"),
        (b'<?xml version="1.0"?><GL_MarketDocument><type>A75</type></GL_MarketDocument>', "came A75"),
        (b"<GL_MarketDocument><type>A68</type><TimeSeries/></GL_MarketDocument>", "a TimeSeries without"),
        (b'<?xml version="1.0"?><Publication_MarketDocument/>', "without type"),
    ],
)  # fmt: skip
def test_what_is_neither_figures_nor_silence_is_told(answer: bytes, told: str) -> None:
    with pytest.raises(ParseError, match="expected the declared parser") as raised:
        parse(SOURCE, files(good_rows()) | {"SE.xml": answer})
    assert told in str(raised.value)
