"""Rules of the ledger: rows can be checked, agree with themselves, and are never taken back."""

from datetime import date

import polars as pl

from expectations.ratios import odd_rows
from expectations.reviewed_tables import rewritten, taken_back, to_come
from expectations.rule import Rule

PARTS = ["data_center", "localized_chatgpt", "startup_fund", "safety_security_governance"]
# What an event said. Notes and gradings may be improved in place; facts are corrected by a new row.
FACTS = [
    "announcement_date", "site_country", "stage", "capacity_mw_announced", "capacity_mw_phase1",
    "capacity_mw_target", "gpu_count", "investment_amount", "investment_currency",
]  # fmt: skip


def _unlike_identifier(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(~pl.col("deal_id").str.contains(r"^[a-z0-9-]+$"))


def _uncheckable(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(~pl.col("source_url").str.contains(r"^https?://[^\s/]+\.[^\s]+$"))


def _orphans(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    children = frame.filter(pl.col("parent_deal_id").is_not_null())
    own_parent = children.filter(pl.col("parent_deal_id") == pl.col("deal_id"))
    without = children.join(frame.select("deal_id"), left_on="parent_deal_id", right_on="deal_id", how="anti")
    return pl.concat([without, own_parent])


def _before_parent(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    parents = frame.select(parent_deal_id="deal_id", parent_date="announcement_date")
    return frame.join(parents, on="parent_deal_id").filter(pl.col("parent_date") > pl.col("announcement_date"))


def _phase_above_target(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("capacity_mw_phase1") > pl.col("capacity_mw_target"))


def _scope_unlike_country(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter((pl.col("scope") == "country") != pl.col("site_country").is_not_null())


def _money_without_currency(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(
        (pl.col("investment_amount").is_null() != pl.col("investment_currency").is_null())
        | ~pl.col("investment_currency").str.contains("^[A-Z]{3}$").fill_null(True)
    )


def _not_first_of_month(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter((pl.col("date_precision") == "month") & (pl.col("announcement_date").dt.day() != 1))


def _starts_operational(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(
        pl.col("parent_deal_id").is_null()
        & (pl.col("stage") == "operational")
        & pl.col("evidence").is_in(["corpus_repo", "unverified"])
    )


def _sure_of_nothing(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter((pl.col("evidence") == "unverified") & (pl.col("confidence") == "high"))


def _unknown_parts(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    known = pl.element().str.strip_chars().is_in(PARTS)
    return frame.filter(~pl.col("components").str.split(";").list.eval(known).list.all())


RULES = [
    Rule("deal_id_is_plain", "block", "deal_id is of small letters, digits and hyphens",
         "Name the event in the style of the others, such as nor-openai-2025-07.", _unlike_identifier),
    Rule("url_checkable", "block", "source_url is a whole http or https address",
         "Add the address at which the event can be checked.", _uncheckable),
    Rule("parent_exists", "block", "parent_deal_id is the deal_id of another row",
         "Correct the identifier or add the earlier event.", _orphans),
    Rule("parent_not_later", "warn", "an event is not earlier than the event it continues",
         "Check both dates; leave it where the earlier event was recorded under an umbrella announced later.",
         _before_parent),
    Rule("phase1_within_target", "block", "the first phase is no larger than the target",
         "Check which of the figures is facility power and which is the phase.", _phase_above_target),
    Rule("scope_agrees_with_country", "block", "a row names a country exactly when its scope is one country",
         "Fill country_iso3 or change the scope.", _scope_unlike_country),
    Rule("money_has_currency", "block", "an amount and a three-letter currency come together",
         "Add the one that is missing, or take out both.", _money_without_currency),
    Rule("unit_suspect", "warn", "an amount in USD is 5 to 60 million a megawatt",
         "The amount and the megawatts may be of different parts or phases: do not divide them.",
         odd_rows("investment_amount", "capacity_mw_announced", (5, 60), scale=1e-6,
                  of=pl.col("investment_currency") == "USD")),
    Rule("not_from_the_future", "block", "announcement_date is not to come",
         "Record events when they have happened.", to_come("announcement_date")),
    Rule("month_starts_on_first", "block", "a date known to the month is the first of that month",
         "Set the day to 01, or the precision to day.", _not_first_of_month),
    Rule("no_operational_from_nowhere", "warn",
         "a chain that starts operational rests on a primary text or the press",
         "Look for the announcement that came before, or for better evidence.", _starts_operational),
    Rule("high_confidence_has_evidence", "block", "nothing unverified is held with high confidence",
         "Verify the row or lower the confidence.", _sure_of_nothing),
    Rule("components_known", "block", f"components are among {', '.join(PARTS)}",
         "Use the four names, separated by semicolons.", _unknown_parts),
    Rule("append_only", "block", "no row of the ledger in force is taken back",
         "Put the row back and add a row with event_type retraction.", taken_back(["deal_id"])),
    Rule("facts_not_rewritten", "warn", "the facts of a recorded event stay as recorded",
         "Add a row that corrects them, unless the row was never published.", rewritten(["deal_id"], FACTS)),
]  # fmt: skip
