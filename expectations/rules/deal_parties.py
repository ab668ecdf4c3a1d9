"""Rules of the parties of deals: shares are stated parts of one whole, and what is inferred is never certain."""

from datetime import date

import polars as pl

from expectations import reviewed_tables
from expectations.rule import Rule

SHARED_ROLES = ["asset_owner", "compute_owner", "financier"]


def _more_than_all(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("share_pct").sum().over("deal_id", "role") > 100)


def _share_of_nothing(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(
        pl.col("share_pct").is_not_null() & (~pl.col("role").is_in(SHARED_ROLES) | (pl.col("basis") != "stated"))
    )


def _surely_inferred(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter((pl.col("basis") == "inferred") & (pl.col("confidence") == "high"))


def _of_two_events(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.struct("known_from", "source").n_unique().over("deal_id") > 1)


RULES = [
    *reviewed_tables.rules(["deal_id", "role", "org_id"], ["share_pct", "basis", "known_from"]),
    Rule("shares_within_whole", "block", "the shares of one event and role sum to 100 at most",
         "Compare the row with the ledger.", _more_than_all),
    Rule("share_is_stated", "block", "only a stated owner or financier has a share",
         "Take the share out, or say where it is stated.", _share_of_nothing),
    Rule("inferred_not_certain", "block", "what is inferred is not of high confidence",
         "Lower the confidence, or say where it is stated.", _surely_inferred),
    Rule("one_event_a_deal", "block", "all rows of an event have its day and its address",
         "Take both from the ledger.", _of_two_events),
]  # fmt: skip
