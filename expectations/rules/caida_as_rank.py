"""Rules of AS Rank: the page holds the top of the list, and the top is as large as the Internet's."""

from datetime import date

import polars as pl

from expectations.rule import Rule

# What the largest cone reached in 2024 was some 50,000 networks, 700,000 prefixes and 2.5 billion addresses.
LARGEST = {"n_cone_asns": (10_000, 150_000), "n_cone_prefixes": (150_000, 2_000_000),
           "n_cone_addresses": (400_000_000, 2**32)}  # fmt: skip

# Over ten thousand networks, each counted by both of its ends.
MOST = {"n_providers": 300_000, "n_peers": 10_000_000, "n_customers": 1_000_000}


def _not_the_top(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    ends = frame.select(first=pl.col("rank").min(), last=pl.col("rank").max())
    return ends.filter((pl.col("first") != 1) | (pl.col("last") > 1.2 * frame.height))


def _odd_scale(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    largest = [{"figure": name, "largest": frame[name].max(), "low": low, "high": high}
               for name, (low, high) in LARGEST.items()]  # fmt: skip
    return pl.DataFrame(largest).filter(~pl.col("largest").is_between(pl.col("low"), pl.col("high")))


def _odd_order(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    by_rank = frame.sort("rank")
    half = frame.height // 2
    upper, lower = (part["n_cone_asns"].mean() for part in (by_rank.head(half), by_rank.tail(half)))
    found = pl.DataFrame({"mean_of_upper_half": [upper], "mean_of_lower_half": [lower]})
    return found.filter(~(pl.col("mean_of_upper_half") > pl.col("mean_of_lower_half")))


def _odd_degrees(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    totals = [{"figure": name, "total": frame[name].sum(), "high": high} for name, high in MOST.items()]
    return pl.DataFrame(totals).filter((pl.col("total") > pl.col("high")) | (pl.col("total") == 0))


def _replaced(frame: pl.DataFrame, previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    if previous is None:
        return pl.DataFrame()
    top = previous.filter(pl.col("rank") <= 0.1 * previous.height)
    gone = top.join(frame, on="asn", how="anti").height
    return pl.DataFrame({"n_gone": [gone]} if gone > 0.05 * top.height else {"n_gone": []})


def _narrow(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    counts = {"n_countries": frame["iso3"].drop_nulls().n_unique(), "n_placed": frame["iso3"].drop_nulls().len()}
    odd = counts["n_countries"] < 60 or counts["n_placed"] < 0.8 * frame.height
    return pl.DataFrame([counts]) if odd else pl.DataFrame()


RULES = [
    Rule(
        "ranks_are_the_top", "block",
        "ranks run from 1 to the number of rows, or a little beyond",
        "The list came in another order or a page is missing: look at the archived bytes.",
        _not_the_top,
    ),
    Rule(
        "largest_cone_in_range", "block",
        "the largest cone holds 10,000 networks, 150,000 prefixes and 400 million addresses or more",
        "A figure is in another unit, or the head of the list is missing.",
        _odd_scale,
    ),
    Rule(
        "rank_follows_cone", "block",
        "the upper half by rank has larger cones than the lower half",
        "Rank or cone took on another meaning.",
        _odd_order,
    ),
    Rule(
        "degrees_in_range", "block",
        "providers, peers and customers add up to what a routing table can hold",
        "A figure is in another unit or was emptied.",
        _odd_degrees,
    ),
    Rule(
        "same_list", "block",
        "at most 5 % of the first tenth of the vintage before are gone",
        "Look whether the page is another part of the list.",
        _replaced,
    ),
    Rule(
        "spread_over_countries", "block",
        "eight in ten networks have a country, 60 countries or more in all",
        "Look for a renamed field in the bytes.",
        _narrow,
    ),
]  # fmt: skip
