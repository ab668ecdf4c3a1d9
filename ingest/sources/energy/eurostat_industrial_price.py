"""Parser of Eurostat's electricity prices of large users: JSON-stat cells to a row per country, band and half-year."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import polars as pl

# What the prices are converted from; any other unit or currency would make each figure wrong without a sign.
ASKED = {"freq": "S", "siec": "E7000", "unit": "KWH", "currency": "EUR"}
PRICES = {"X_TAX": "price_excl_taxes_eur_mwh", "X_VAT": "price_excl_vat_eur_mwh", "I_TAX": "price_incl_taxes_eur_mwh"}
KWH_A_MWH = 1000
HALF_YEAR = re.compile(r"([0-9]{4})-S([12])")
TEXTS = ["geo", "band", "period"]
SCHEMA: dict[str, Any] = (
    dict.fromkeys(TEXTS, pl.String)
    | dict.fromkeys(("period_start", "period_end"), pl.Date)
    | dict.fromkeys(PRICES.values(), pl.Float64)
    | {"flag": pl.String}
)


class Cell(NamedTuple):
    """One figure of a JSON-stat data set: its category in each dimension, the figure, and the publisher's flag."""

    categories: dict[str, str]
    value: float
    flag: str | None


def _codes(name: str, dimension: Mapping[str, Any], size: int) -> list[str]:
    """Return the codes of a dimension by position; the publisher tells each one's position, or lists them in order."""
    category = dimension["category"]
    index = category.get("index", category.get("label"))
    if isinstance(index, Mapping) and "index" in category:
        codes = sorted(index, key=index.__getitem__)
        in_order = len(codes) == size and [index[code] for code in codes] == list(range(size))
    else:
        codes = list(index)
        in_order = len(codes) == len(set(codes)) == size
    if not in_order:
        raise ValueError(f"the categories of {name} are not {size:,} in number, each at a place of its own")
    return codes


def _at(values: Any, place: int) -> Any:
    """Return what stands at a place of a dense list, a sparse object, or one value for all."""
    if isinstance(values, Mapping):
        return values.get(str(place))
    return values[place] if isinstance(values, list) else values


def cells(content: bytes) -> Iterator[Cell]:
    """Yield the known figures of one JSON-stat 2.0 data set. Raises ValueError where it is none, in its own words."""
    top = json.loads(content)
    for fault in ("error", "warning"):
        if fault in top:
            raise ValueError(f"the publisher answers with {fault}: {_words(top[fault])}")
    if top.get("class") != "dataset":
        raise ValueError(f"expected a JSON-stat data set, came class {top.get('class')!r}")
    names, sizes, values = top["id"], top["size"], top["value"]
    codes = [_codes(name, top["dimension"][name], size) for name, size in zip(names, sizes, strict=True)]
    n_cells = math.prod(sizes)
    if not isinstance(values, Mapping | list):
        raise TypeError(f"expected the figures as a list or by place, came {type(values).__name__}")
    if isinstance(values, list) and len(values) != n_cells:
        raise ValueError(f"expected {n_cells:,} figures, came {len(values):,}")
    for place in sorted(map(int, values)) if isinstance(values, Mapping) else range(n_cells):
        value = _at(values, place)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"expected a number, came {value!r:.40}")
        if not 0 <= place < n_cells:
            raise ValueError(f"a figure stands at {place:,}, outside the {n_cells:,} cells")
        yield Cell(_categories(names, codes, sizes, place), float(value), _at(top.get("status"), place))


def _categories(names: list[str], codes: list[list[str]], sizes: list[int], place: int) -> dict[str, str]:
    # The last dimension runs fastest.
    found = {}
    for name, known, size in zip(reversed(names), reversed(codes), reversed(sizes), strict=True):
        place, position = divmod(place, size)
        found[name] = known[position]
    return found


def _words(fault: Any) -> str:
    """Return the publisher's own words for a fault: a record with a label, or a list of such."""
    records = fault if isinstance(fault, list) else [fault]
    return "; ".join(str(record.get("label", record) if isinstance(record, dict) else record) for record in records)


def _half_year(period: str) -> tuple[date, date]:
    """Return the first and the last day of a half-year, which is written 2025-S1."""
    if not (told := HALF_YEAR.fullmatch(period)):
        raise ValueError(f"expected half-years such as 2025-S1, came {period!r:.40}")
    year, half = int(told[1]), int(told[2])
    return (date(year, 1, 1), date(year, 6, 30)) if half == 1 else (date(year, 7, 1), date(year, 12, 31))


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per country, band and half-year, prices in EUR/MWh. Raises ValueError for other units or taxes."""
    (content,) = files.values()
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for categories, value, flag in cells(content):
        for name, asked in ASKED.items():
            if categories[name] != asked:
                raise ValueError(f"asked for {name} {asked}, came {categories[name]}")
        key = (categories["geo"], categories["nrg_cons"], categories["time"])
        price = PRICES[categories["tax"]]
        # A price of nothing is how a market without users of that size is written.
        if value == 0:
            continue
        start, end = _half_year(key[2])
        row = rows.setdefault(key, dict(zip(TEXTS, key, strict=True)) | {"period_start": start, "period_end": end})
        if price in row:
            raise ValueError(f"{' '.join(key)} has two prices {categories['tax']}")
        row[price] = round(value * KWH_A_MWH, 6)
        if categories["tax"] == "X_VAT":
            row["flag"] = flag
    return pl.DataFrame(list(rows.values()), schema=SCHEMA)
