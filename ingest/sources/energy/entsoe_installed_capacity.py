"""Parser of ENTSO-E's installed capacity: one document a country, one series a kind of power plant."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

import polars as pl

from ingest.reading.xml_answers import name_of, read_xml, text_at

KINDS = {
    "B01": "biomass", "B02": "lignite", "B03": "coal gas", "B04": "gas", "B05": "hard coal", "B06": "oil",
    "B07": "oil shale", "B08": "peat", "B09": "geothermal", "B10": "pumped storage", "B11": "run-of-river",
    "B12": "reservoir", "B13": "marine", "B14": "nuclear", "B15": "other renewable", "B16": "solar", "B17": "waste",
    "B18": "offshore wind", "B19": "onshore wind", "B20": "other", "B25": "energy storage",
}  # fmt: skip
SCHEMA = {
    "country_code": pl.String, "area_code": pl.String, "year": pl.Int64, "kind": pl.String, "capacity_mw": pl.Float64,
}  # fmt: skip
NOTHING_THERE = "No matching data found"


def _row(country_code: str, series: Element) -> tuple[str, str, int, str, float]:
    unit, resolution = text_at(series, "quantity_Measure_Unit.name"), text_at(series, "Period", "resolution")
    if (unit, resolution) != ("MAW", "P1Y"):
        raise ValueError(f"expected MAW by P1Y, came {unit} by {resolution}")
    if len(points := series.findall("{*}Period/{*}Point")) != 1:
        raise ValueError(f"expected one figure a year, came {len(points)}")
    start = datetime.fromisoformat(text_at(series, "Period", "timeInterval", "start"))
    kind = text_at(series, "MktPSRType", "psrType")
    return (
        country_code,
        text_at(series, "inBiddingZone_Domain.mRID"),
        # The year begins at midnight of the country, which is before midnight in UTC.
        (start + timedelta(hours=12)).year,
        KINDS.get(kind, kind),
        float(text_at(points[0], "quantity")),
    )


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per country and kind of plant; none for a country that told nothing.

    Files are named by the country's code. Raises ValueError where an answer is neither figures nor that.
    """
    rows = []
    for name, content in files.items():
        document = read_xml(content)
        if name_of(document) == "Acknowledgement_MarketDocument":
            told = text_at(document, "Reason", "text")
            if not told.startswith(NOTHING_THERE):
                raise ValueError(f"ENTSO-E answers for {name}: {told[:200]!r}")
            continue
        if (kind := text_at(document, "type")) != "A68":
            raise ValueError(f"expected a document A68 of {name}, came {kind}")
        rows += [_row(PurePosixPath(name).stem, series) for series in document.findall("{*}TimeSeries")]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
