"""Rules of the Cloud Infrastructure Map: three providers, most regions in service, none taken back unnoticed."""

from datetime import date

import polars as pl

from expectations.rule import Rule

PROVIDERS = ["aws", "azure", "gcp"]


def _few(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    counts = {provider: frame.filter(provider=provider).height for provider in PROVIDERS}
    few = {provider: count for provider, count in counts.items() if count < 25}
    return pl.DataFrame({"provider_with_few": list(few), "n_regions": list(few.values())})


def _mostly_announced(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    found = frame.select(share_in_service=pl.col("is_in_service").mean())
    return found.filter(~pl.col("share_in_service").is_between(0.7, 0.99).fill_null(False))


def _zones(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    found = frame.select(median_zones=pl.col("n_zones").median())
    return found.filter(~pl.col("median_zones").is_between(1, 4).fill_null(False))


def _closed(frame: pl.DataFrame, previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    if previous is None:
        return frame.clear()
    ran = previous.filter("is_in_service").select("provider", "region_name")
    return frame.filter(~pl.col("is_in_service")).join(ran, on=["provider", "region_name"])


RULES = [
    Rule("every_provider_present", "block", "each of the three providers has 25 regions or more",
         "Look whether a provider's object is empty or named otherwise in the archived bytes.", _few),
    Rule("most_in_service", "block", "seven in ten regions are in service, and some are announced",
         "Look whether `in_service` changed its meaning.", _mostly_announced),
    Rule("zones_plausible", "block", "a region has one to four zones in the median",
         "Look whether `zones` changed its meaning.", _zones),
    Rule("no_region_closed", "warn", "no region that was in service is announced again",
         "Find the provider's notice: regions hardly ever close.", _closed),
]  # fmt: skip
