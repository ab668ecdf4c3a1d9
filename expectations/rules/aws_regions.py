"""Rules of Amazon's locations: regions are told from the zones that hang on them."""

from datetime import date

import polars as pl

from expectations.rule import Rule, none_gone

KNOWN_TYPES = ["AWS Region", "AWS Local Zone", "AWS Wavelength Zone"]
FEWEST_REGIONS, MOST_REGIONS = 30, 80


def _odd_number(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    n_regions = frame["is_region"].sum()
    return pl.DataFrame({"n_regions": [] if FEWEST_REGIONS <= n_regions <= MOST_REGIONS else [n_regions]})


def _regions_lost(frame: pl.DataFrame, previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    if previous is None:
        return pl.DataFrame()
    regions = (one.filter(pl.col("is_region")) for one in (previous, frame))
    before, now = regions
    gone = before.join(now, on="location_code", how="anti").select(gone="location_code")
    return gone if gone.height > 0.1 * before.height else gone.clear()


def _orphans(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    regions = frame.filter(pl.col("is_region"))["location_code"].to_list()
    hangs = [pl.col("location_code").str.starts_with(f"{code}-") for code in regions]
    return frame.filter(~pl.any_horizontal("is_region", *hangs))


def _new_types(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(~pl.col("location_type").is_in(KNOWN_TYPES))


RULES = [
    Rule(
        "regions_counted", "block",
        f"{FEWEST_REGIONS} to {MOST_REGIONS} locations are regions",
        "Types or codes are written another way: zones must not be counted as regions.",
        _odd_number,
    ),
    Rule(
        "regions_kept", "block",
        "at most a tenth of the regions of the vintage before are gone",
        "Look whether the list was cut, or codes were renamed.",
        _regions_lost,
    ),
    Rule(
        "zones_hang_on_regions", "warn",
        "the code of every zone begins with the code of a listed region",
        "Look whether the region is missing from the list.",
        _orphans,
    ),
    Rule(
        "types_known", "warn",
        f"every location is of type {', '.join(KNOWN_TYPES)}",
        "It is kept and not counted as a region; add the type to the rule once it is clear what it is.",
        _new_types,
    ),
    none_gone(["location_code"]),
]  # fmt: skip
