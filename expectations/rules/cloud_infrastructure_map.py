"""Rules of the cloud map: the large providers are whole, and what is announced is told from what runs."""

from datetime import date

import polars as pl

from expectations.cloud_lists import near_its_country
from expectations.rule import Rule, none_gone

LARGE = ["Amazon Web Services", "Google Cloud", "Microsoft Azure"]
LEAST_OF_LARGE = 25


def _small_providers(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    counts = {name: frame.filter(pl.col("provider") == name).height for name in LARGE}
    short = [name for name, count in counts.items() if count < LEAST_OF_LARGE]
    return pl.DataFrame({"large_provider": short, "n_regions": [counts[name] for name in short]})


def _providers_gone(frame: pl.DataFrame, previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    if previous is None:
        return pl.DataFrame()
    counts = previous["provider"].value_counts(name="n_before")
    return counts.filter(~pl.col("provider").is_in(frame["provider"].unique().to_list())).rename({"provider": "gone"})


def _odd_share(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    announced = frame.filter(~pl.col("in_service")).height
    odd = not 0.01 * frame.height <= announced <= 0.4 * frame.height
    return pl.DataFrame({"n_announced": [announced] if odd else []})


def _left_service(frame: pl.DataFrame, previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    if previous is None:
        return pl.DataFrame()
    ran = previous.filter(pl.col("in_service"))
    return frame.filter(~pl.col("in_service")).join(ran, on=["provider", "region_id", "region_name"], how="semi")


RULES = [
    Rule(
        "large_providers_whole", "block",
        f"{', '.join(LARGE)} have {LEAST_OF_LARGE} regions or more each",
        "Look whether a provider was renamed or its list was cut.",
        _small_providers,
    ),
    Rule(
        "no_provider_gone", "block",
        "every provider of the vintage before is still on the map",
        "If the map follows fewer providers now, import it with a note: regions did not close.",
        _providers_gone,
    ),
    Rule(
        "announced_told_apart", "block",
        "1 to 40 % of the regions are announced only",
        "in_service took on another meaning: look at regions known to run.",
        _odd_share,
    ),
    Rule(
        "stays_in_service", "warn",
        "no region that was in service is announced again",
        "Look whether the region closed, or the map was corrected.",
        _left_service,
    ),
    none_gone(["provider", "region_id", "region_name"]),
    near_its_country("latitude_deg", "longitude_deg"),
]  # fmt: skip
