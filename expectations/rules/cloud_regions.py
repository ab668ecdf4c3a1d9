"""Rules of cloud regions: every provider is there, and every region is where its country is."""

from datetime import date

import polars as pl

from expectations.cloud_lists import near_its_country
from expectations.rule import Rule, positions_known
from ingest.declaration import get_declaration


def _silent_providers(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    (declared,) = (column.values for column in get_declaration("cloud_regions").columns if column.name == "provider")
    return pl.DataFrame({"provider": [name for name in declared or [] if name not in frame["provider"]]})


def _null_island(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter((pl.col("latitude_deg") == 0) & (pl.col("longitude_deg") == 0))


RULES = [
    Rule(
        "every_provider_present", "block",
        "each declared provider has a region",
        "A provider's file is empty: wait for it, or take the provider out of the declaration.",
        _silent_providers,
    ),
    positions_known("latitude_deg", "longitude_deg", 0.9),
    Rule(
        "not_on_null_island", "warn",
        "no region is at 0 degrees north, 0 degrees east",
        "Read the position as unknown.",
        _null_island,
    ),
    near_its_country("latitude_deg", "longitude_deg"),
]  # fmt: skip
