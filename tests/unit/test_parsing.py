"""Published bytes become the declared frame: unknown stays unknown and a wrong unit is no figure."""

import io
import json
import zipfile
from datetime import date

import polars as pl
import pytest

from ingest import parsing
from ingest.declaration import get_declaration
from ingest.errors import ParseError
from ingest.parsing import Parsed, _load_parser, conform, parse, unpack
from tests.conftest import MEMBER, Tiny, csv_of
from tests.fixtures.kit import spoiled, wheel
from tests.fixtures.published import encode, good_rows
from tests.fixtures.sources.codecarbon_energy_mix import first_edition

read_figure = _load_parser(get_declaration("world_factbook")).read_figure
MIX = "codecarbon_energy_mix"


def parsed(source_id: str, raw: bytes) -> Parsed:
    declaration = get_declaration(source_id)
    return parse(declaration, unpack(declaration, raw))


def test_an_earlier_name_of_a_column_is_known() -> None:
    found = parsed(MIX, first_edition(good_rows(MIX)))
    assert found.missing == []
    assert found.frame["gas_twh"][0] == good_rows(MIX)[0]["gas_TWh"]


def test_the_current_name_wins_over_an_earlier_one(tiny: Tiny) -> None:
    columns = tiny.raw()["columns"]
    columns[1]["aliases"] = [{"name": "old_value", "since": date(2024, 1, 1)}]
    found = conform(
        tiny.declare(columns=columns), pl.DataFrame({"iso_code": ["FRA"], "old_value": ["1"], "value": ["2"]})
    )
    assert found.frame["value"].to_list() == [2.0]


def test_na_is_namibia(tiny: Tiny) -> None:
    declaration = tiny.declare(country={"column": "iso_code", "code": "iso2"})
    assert parse(declaration, {MEMBER: csv_of(NA=1)}).frame["iso_code"].to_list() == ["NA"]


def test_an_empty_cell_is_unknown_and_not_zero(tiny: Tiny) -> None:
    found = parse(tiny.declare(), {MEMBER: csv_of(FRA="", DEU="0")})
    assert found.frame["value"].to_list() == [None, 0.0]
    assert found.untyped == {}


def test_text_in_a_figure_is_told(tiny: Tiny) -> None:
    assert parse(tiny.declare(), {MEMBER: csv_of(FRA="n/a")}).untyped == {"value": ["n/a"]}


def test_a_missing_column_is_told_with_its_published_name(tiny: Tiny) -> None:
    columns = tiny.raw()["columns"]
    columns[1]["source"] = "Wert"
    found = parse(tiny.declare(columns=columns), {MEMBER: csv_of(FRA=1)})
    assert found.missing == ["value (published as Wert)"]
    assert found.extra == ["value"]


def test_a_row_cut_short_is_a_parse_error(tiny: Tiny) -> None:
    with pytest.raises(ParseError, match="tiny: expected the declared csv"):
        parse(tiny.declare(), {MEMBER: b"iso_code,value\nFRA,1\nDEU"})


@pytest.mark.parametrize(("cell", "value"), [(0, None), (0.0, 0.0), (float("nan"), None), (3, 3.0)])
def test_the_energy_mix_tells_a_missing_cell_from_a_measured_zero(cell: float, value: float | None) -> None:
    rows = spoiled(good_rows(MIX), [(5, "nuclear_TWh", cell)])
    found = parsed(MIX, encode(MIX, rows))
    assert found.untyped == {}
    assert found.frame["nuclear_twh"][5] == value


@pytest.mark.parametrize(
    ("text", "unit", "figure"),
    [
        ("275.658 million kW (2023 est.)", "kW", (275.658e6, 2023)),
        ("1.5 billion kWh (2022 est.)", "kWh", (1.5e9, 2022)),
        ("9.2 trillion kWh (2023 est.)", "kWh", (9.2e12, 2023)),
        ("850,000 kW (2021 est.)", "kW", (850e3, 2021)),
        ("83,012,345 (July 2025 est.)", None, (83_012_345.0, 2025)),
        ("$4.456 trillion (2023 est.)", None, (4.456e12, 2023)),
        ("0 kWh (2023 est.)", "kWh", (0.0, 2023)),
        ("1 million kW", "kW", (1e6, None)),
        ("uninhabited", None, (None, None)),
        ("NA", None, (None, None)),
        ("", None, (None, None)),
    ],
)
def test_a_figure_of_the_factbook_is_read(text: str, unit: str | None, figure: tuple[float | None, int | None]) -> None:
    value, year = read_figure(text, unit)
    assert (value if value is None else pytest.approx(value), year) == figure


@pytest.mark.parametrize(
    ("text", "unit"),
    [("5 billion kW (2023 est.)", "kWh"), ("5 million kWh (2023 est.)", "kW"), ("5 million (2023 est.)", "kW"),
     ("5 million barrels (2023 est.)", None), ("about five", None)],
)  # fmt: skip
def test_a_figure_of_the_factbook_in_another_unit_is_refused(text: str, unit: str | None) -> None:
    with pytest.raises(ParseError, match="expected a figure in"):
        read_figure(text, unit)


def deflated(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MEMBER, content)
    return buffer.getvalue()


def _overwritten(raw: bytes, at: int) -> bytes:
    return raw[:at] + b"\xff" * 12 + raw[at + 12 :]


STORED = wheel({MEMBER: csv_of(FRA=1) * 50})
DEFLATED = deflated(bytes(range(256)) * 8)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(STORED[:200], id="cut at the end"),
        pytest.param(STORED[200:], id="cut at the start"),
        pytest.param(_overwritten(STORED, 100), id="stored data overwritten"),
        pytest.param(_overwritten(DEFLATED, 60), id="deflated data overwritten"),
        pytest.param(_overwritten(STORED, STORED.rindex(b"PK\x01\x02")), id="directory overwritten"),
        pytest.param(_overwritten(STORED, 0), id="header overwritten"),
    ],
)
def test_a_damaged_wheel_is_a_parse_error(tiny: Tiny, raw: bytes) -> None:
    declaration = tiny.declare_package(tiny.wheel("1.0", date(2026, 1, 1), csv_of(FRA=1)))
    members = ["tiny_data/*.csv"]
    declaration = declaration.model_copy(
        update={"transport": declaration.transport.model_copy(update={"members": members})}
    )
    with pytest.raises(ParseError):
        unpack(declaration, raw)


def test_a_wheel_without_the_member_is_a_parse_error(tiny: Tiny) -> None:
    declaration = tiny.declare_package(tiny.wheel("1.0", date(2026, 1, 1), csv_of(FRA=1)))
    with pytest.raises(ParseError, match="found 0 of them"):
        unpack(declaration, wheel({"tiny_data/deeper/tiny.csv": b""}))


@pytest.mark.parametrize("content", [b"", b"[1", b"null", b'{"other": []}', b"\xff\xfe"])
def test_json_of_another_shape_is_a_parse_error(tiny: Tiny, content: bytes) -> None:
    declaration = tiny.declare(parse={"format": "json", "records": "rows"})
    with pytest.raises(ParseError, match="tiny: expected the declared json"):
        parse(declaration, {MEMBER: content})


def test_json_records_are_read_by_their_key(tiny: Tiny) -> None:
    declaration = tiny.declare(parse={"format": "json", "records": "rows"})
    content = json.dumps({"rows": [{"iso_code": "FRA", "value": 1}]}).encode()
    assert parse(declaration, {MEMBER: content}).frame.rows() == [("FRA", 1.0)]


def test_a_factbook_figure_of_another_year_is_left_out() -> None:
    profile = {"Energy": {"Electricity": {
        "consumption": {"text": "11 billion kWh (2023 est.)"}, "exports": {"text": "6 billion kWh (2020 est.)"},
    }}}  # fmt: skip
    files = {"data/asia/bt.json": json.dumps(profile).encode()}
    row = parsing._load_parser(get_declaration("world_factbook")).parse(files).row(0, named=True)
    assert (row["electricity_year"], row["consumption_twh"], row["exports_twh"]) == (2023, 11.0, None)


def test_a_number_larger_than_any_column_is_another_format() -> None:
    declaration = get_declaration("peeringdb_exchanges")
    page = b'{"data": [{"id": 1, "net_count": 1' + b"0" * 60 + b"}]}"
    with pytest.raises(ParseError, match="expected the declared json"):
        parse(declaration, {"0000-ix.json": page})
