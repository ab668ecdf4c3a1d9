"""Rules shared by lists of cloud regions: nothing leaves unseen, and a region is where its country is."""

from datetime import date

import polars as pl

from expectations.rule import Rule

# The widest country with regions, the United States, stays within these spans of its median region.
MAX_LATITUDE_SPAN_DEG = 25
MAX_LONGITUDE_SPAN_DEG = 60


def none_gone(key: list[str]) -> Rule:
    """Return the rule that what was listed in the vintage before is listed still."""

    def find(frame: pl.DataFrame, previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        gone = pl.DataFrame() if previous is None else previous.join(frame, on=key, how="anti").select(key)
        # These rows are of the vintage before: none of the frame fails with them.
        return gone.select(gone=pl.concat_str(key, separator=" ")) if gone.height else pl.DataFrame()

    return Rule(
        name="none_gone",
        severity="warn",
        description="every place of the vintage before is still listed",
        remedy="Look whether it was renamed or closed; a region that closes is news.",
        find=find,
    )


def near_its_country(latitude: str, longitude: str) -> Rule:
    """Return the rule that a place lies near the other places of its country, by columns of WGS 84 degrees."""

    def find(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        apart = [(pl.col(name) - pl.col(name).median().over("iso3")).abs() for name in (latitude, longitude)]
        null_island = (pl.col(latitude) == 0) & (pl.col(longitude) == 0)
        return frame.filter((apart[0] > MAX_LATITUDE_SPAN_DEG) | (apart[1] > MAX_LONGITUDE_SPAN_DEG) | null_island)

    return Rule(
        name="near_its_country",
        severity="warn",
        description="a place lies near the other places of its country, and none at 0 degrees north, 0 degrees east",
        remedy="Look for a lost minus sign or swapped coordinates.",
        find=find,
    )


def positions_known(latitude: str, longitude: str, share: float) -> Rule:
    """Return the rule that at least this share of the places has a position."""

    def find(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        known = frame.drop_nulls([latitude, longitude]).height
        return pl.DataFrame({"n_known": [known]} if known < share * frame.height else {"n_known": []})

    return Rule(
        name="positions_known",
        severity="block",
        description=f"{share:.0%} of the places or more have a position",
        remedy="Look for a renamed field in the bytes.",
        find=find,
    )


def total_between(column: str, low: float, high: float, unit: str) -> Rule:
    """Return the rule that a figure adds up, over all rows, to what the world holds of it."""

    def find(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        total = frame[column].sum()
        return pl.DataFrame({"total": [] if low <= total <= high else [total]})

    return Rule(
        name=f"{column}_total",
        severity="block",
        description=f"{column} adds up to {low:,.0f} to {high:,.0f} {unit}",
        remedy="Look whether the list was cut, or prefixes are given another way.",
        find=find,
    )
