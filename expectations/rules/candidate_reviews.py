"""Rules of the decisions on candidates: each says what follows from it, and none is taken back or changed."""

from datetime import date

import polars as pl

from expectations.reviewed_tables import rewritten, taken_back, to_come
from expectations.rule import Rule

KEY = ["candidate_id", "item_ids"]
FACTS = ["decision", "reviewer", "reviewed_on", "reason", "deal_id"]


def _without_outcome(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    is_accepted = pl.col("decision") == "accepted"
    lacking = pl.when(is_accepted).then(pl.col("deal_id").is_null()).otherwise(pl.col("reason").is_null())
    return frame.filter(lacking)


def _of_other_items(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    items = pl.col("item_ids").str.split(";")
    named = items.list.eval(pl.element().str.contains("^[0-9a-f]{16}$")).list.all()
    return frame.filter(~(named & items.list.contains(pl.col("candidate_id"))))


RULES = [
    Rule("outcome_told", "block", "what was accepted names its event of the ledger, what was rejected a reason",
         "Fill deal_id or reason.", _without_outcome),
    Rule("items_named", "block", "items are item_ids joined by semicolons, the candidate's own among them",
         "Let `atlas review` write the row.", _of_other_items),
    Rule("not_from_the_future", "block", "reviewed_on is not to come", "Correct the day.", to_come("reviewed_on")),
    Rule("rows_kept", "block", "no decision in force is taken back",
         "Put the row back; a candidate that was rejected can still be added to the ledger by hand.", taken_back(KEY)),
    Rule("decisions_kept", "block", "a decision stays as it was recorded",
         "Restore the row from version control.", rewritten(KEY, FACTS)),
]  # fmt: skip
