"""The parser of Eurostat's prices: cells of JSON-stat, sparse or dense, and the publisher's faults in its own words."""

import json
from datetime import date
from typing import Any

import pytest

from ingest.declaration import get_declaration
from ingest.errors import ParseError
from ingest.parsing import parse
from tests.fixtures.sources.eurostat_industrial_price import data_set, files, good_rows

SOURCE = get_declaration("eurostat_industrial_price")


def parsed(top: Any) -> Any:
    return parse(SOURCE, {"nrg_pc_205.json": json.dumps(top).encode()}).frame


def test_cells_are_placed_by_dimension_and_land_in_eur_a_mwh() -> None:
    rows = good_rows()
    frame = parse(SOURCE, files(rows)).frame
    assert frame.height == len(rows)
    for row in (rows[0], rows[200], rows[-1]):
        told = frame.filter(geo=row["geo"], band=row["band"], period=row["period"]).row(0, named=True)
        assert {name: told[name] or "" for name in row} == row
    assert (told["period_start"], told["period_end"]) == (date(2026, 1, 1), date(2026, 6, 30))


def test_a_dense_list_and_categories_in_order_are_read_the_same() -> None:
    rows = good_rows()
    top = data_set(rows)
    sparse = parsed(top)
    n_cells = 1
    for size in top["size"]:
        n_cells *= size
    top["value"] = [top["value"].get(str(place)) for place in range(n_cells)]
    top["status"] = [top["status"].get(str(place)) for place in range(n_cells)]
    top["dimension"]["geo"]["category"]["index"] = list(top["dimension"]["geo"]["category"]["index"])
    del top["dimension"]["unit"]["category"]["index"]
    top["dimension"]["unit"]["category"]["label"] = {"KWH": "Kilowatt-hour"}
    assert parsed(top).equals(sparse)


def test_categories_stand_in_any_order() -> None:
    top = data_set(good_rows())
    index = top["dimension"]["geo"]["category"]["index"]
    top["dimension"]["geo"]["category"]["index"] = dict(reversed(index.items()))
    assert parsed(top).equals(parsed(data_set(good_rows())))


def test_what_is_not_told_is_null_and_a_price_of_nothing_is_no_price() -> None:
    rows = good_rows()
    rows[3] |= {"price_excl_taxes_eur_mwh": 0, "price_excl_vat_eur_mwh": None}
    rows[4] |= dict.fromkeys(("price_excl_taxes_eur_mwh", "price_excl_vat_eur_mwh", "price_incl_taxes_eur_mwh"), 0)
    frame = parse(SOURCE, files(rows)).frame
    told = frame.filter(geo=rows[3]["geo"], band=rows[3]["band"], period=rows[3]["period"]).row(0, named=True)
    assert told["price_excl_taxes_eur_mwh"] is told["price_excl_vat_eur_mwh"] is None
    assert told["price_incl_taxes_eur_mwh"] == rows[3]["price_incl_taxes_eur_mwh"]
    assert frame.height == len(rows) - 1


@pytest.mark.parametrize(
    ("top", "words"),
    [
        ({"warning": {"status": 413, "label": "ASYNCHRONOUS_RESPONSE. Try again later."}}, "ASYNCHRONOUS_RESPONSE"),
        ({"error": [{"status": 400, "id": 150, "label": "INVALID_QUERY_DIMENSION"}]}, "INVALID_QUERY_DIMENSION"),
        ({"error": {"status": "400", "label": "No results found"}}, "No results found"),
        ({"error": "out of order"}, "out of order"),
        ({"class": "collection"}, "came class 'collection'"),
        ([], "expected"),
        (7, "expected"),
        (None, "expected"),
        ({}, "expected"),
    ],
)
def test_what_is_no_data_set_says_so(top: Any, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        parsed(top)


@pytest.mark.parametrize(
    ("same", "words"),
    [
        ({"unit": "MWH"}, "asked for unit KWH, came MWH"),
        ({"currency": "PPS"}, "asked for currency EUR, came PPS"),
        ({"siec": "G3000"}, "asked for siec E7000, came G3000"),
    ],
)
def test_another_unit_or_currency_is_not_converted(same: dict[str, str], words: str) -> None:
    with pytest.raises(ParseError, match=words):
        parse(SOURCE, files(good_rows(), **same))


def _set(top: Any, *path: Any, to: Any) -> Any:
    *way, last = path
    here = top
    for step in way:
        here = here[step]
    here[last] = to
    return top


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("value", "999999999"), 0.1),
        (("value", "-1"), 0.1),
        (("value", "x"), 0.1),
        (("value", "0"), "0.1"),
        (("value", "0"), True),
        (("value",), [0.1, 0.2]),
        (("value",), 0.1),
        (("value",), None),
        (("size",), [1, 1]),
        (("size", 6), 10**12),
        (("size", 6), "18"),
        (("id", 7), "geo"),
        (("dimension", "geo", "category", "index", "DE"), 3),
        (("dimension", "geo", "category", "index"), {}),
        (("dimension", "geo", "category"), {}),
        (("dimension", "tax", "category", "index"), {"X_TAX": 0, "X_VAT": 1, "OTHER": 2}),
    ],
)
def test_a_damaged_data_set_is_no_data_set(path: tuple[Any, ...], to: Any) -> None:
    with pytest.raises(ParseError, match="expected"):
        parsed(_set(data_set(good_rows()), *path, to=to))


def test_a_cut_or_nested_answer_is_no_data_set() -> None:
    (content,) = files(good_rows()).values()
    for bytes_ in (content[:-1], content[: len(content) // 2], b"[" * 100_000, b"\xff\xfe", b""):
        with pytest.raises(ParseError, match="expected"):
            parse(SOURCE, {"nrg_pc_205.json": bytes_})
