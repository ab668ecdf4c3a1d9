"""Rules of cloud regions: every provider is there, and every region is where its country is."""

from datetime import date

import polars as pl

from expectations.rule import Rule
from ingest.declaration import get_declaration

# The widest country with regions, the United States, stays within these spans of its median region.
MAX_LATITUDE_SPAN_DEG = 25
MAX_LONGITUDE_SPAN_DEG = 60


def _silent_providers(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    (declared,) = (column.values for column in get_declaration("cloud_regions").columns if column.name == "provider")
    return pl.DataFrame({"provider": [name for name in declared or [] if name not in frame["provider"]]})


def _null_island(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter((pl.col("latitude_deg") == 0) & (pl.col("longitude_deg") == 0))


def _away_from_country(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    latitude, longitude = (
        (pl.col(column) - pl.col(column).median().over("iso3")).abs() for column in ("latitude_deg", "longitude_deg")
    )
    return frame.filter((latitude > MAX_LATITUDE_SPAN_DEG) | (longitude > MAX_LONGITUDE_SPAN_DEG))


def _unplaced(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    unplaced = frame.filter(pl.col("latitude_deg").is_null() | pl.col("longitude_deg").is_null())
    return unplaced if unplaced.height > 0.1 * frame.height else unplaced.clear()


RULES = [
    Rule(
        "every_provider_present", "block",
        "each declared provider has a region",
        "A provider's file is empty: wait for it, or take the provider out of the declaration.",
        _silent_providers,
    ),
    Rule(
        "positions_known", "block",
        "no more than a tenth of the regions have no position",
        "The columns of positions were renamed or emptied: look at the bytes.",
        _unplaced,
    ),
    Rule(
        "not_on_null_island", "warn",
        "no region is at 0 degrees north, 0 degrees east",
        "Read the position as unknown.",
        _null_island,
    ),
    Rule(
        "near_its_country", "warn",
        "a region lies near the other regions of its country",
        "Look for a lost minus sign or swapped coordinates.",
        _away_from_country,
    ),
]  # fmt: skip
