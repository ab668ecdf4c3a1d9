"""Rules of PeeringDB's networks, which have no country."""

from datetime import date

import polars as pl

from expectations.registry_lists import rules
from expectations.rule import Rule


def _twice(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("asn").is_duplicated())


def _alike(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    """Return the most frequent kind of network where it is nearly all there is."""
    kinds = frame["info_type"].fill_null("").value_counts(sort=True, name="n_rows")
    odd = kinds.height < 5 or kinds["n_rows"].item(0) > 0.8 * frame.height
    return kinds.head(1) if odd else kinds.clear()


RULES = [
    *(rule for rule in rules("network_id") if rule.name == "same_list"),
    Rule("one_network_an_asn", "warn", "no two networks have the same number",
         "Look at both records; count networks by asn, not by record.", _twice),
    Rule("kinds_of_networks", "block", "the list has five kinds of networks or more, none with over 80 % of the rows",
         "Look whether the list is of one kind, or the field was renamed.", _alike),
]  # fmt: skip
