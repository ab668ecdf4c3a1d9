"""Rules of the terms of deals: words of fixed lists, money told as a whole, and targets that lie ahead."""

from datetime import date

import polars as pl

from expectations import reviewed_tables
from expectations.rule import Find, Rule

CONDITIONS = [
    "co_financing", "export_licence", "investment_as_deployed", "payment_guarantee", "power_availability",
    "us_investment", "us_operator_reservation",
]  # fmt: skip
GUARANTEES = ["capacity_payment", "debt", "land", "offtake", "power", "security", "tax"]
MONEY = ["funding_stage", "payer_type", "amount_kind"]
AMOUNTS = ["low_amount", "central_amount", "high_amount"]
# A row says something where one of these is filled; unknown says nothing.
TERMS = [
    "counterparty_type", "instrument", *MONEY, "restates_deal_id", "conditionality", "guarantee_types",
    "first_online_date", "jobs_claimed", "status_reason",
]  # fmt: skip


def _unlisted(column: str, words: list[str]) -> Find:
    def find(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        told = pl.col(column).str.split(";")
        is_listed = told.list.eval(pl.element().is_in(words)).list.all()
        return frame.filter(~is_listed | (told.list.n_unique() != told.list.len()))

    return find


def _half_told_money(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    n_told = pl.sum_horizontal(pl.col(MONEY).is_not_null())
    has_amount = pl.any_horizontal(pl.col([*AMOUNTS, "restates_deal_id"]).is_not_null())
    return frame.filter(~n_told.is_in([0, len(MONEY)]) | (has_amount & (n_told == 0)))


def _restating_badly(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    earlier = frame.select(restates_deal_id="deal_id", _earlier="known_from")
    with_earlier = frame.join(earlier, on="restates_deal_id", how="left")
    return with_earlier.filter(
        (pl.col("restates_deal_id").is_null() != pl.col("restates_as").is_null())
        | (pl.col("restates_deal_id") == pl.col("deal_id"))
        | (pl.col("restates_deal_id").is_not_null() & pl.col("_earlier").is_null())
        | (pl.col("_earlier") > pl.col("known_from"))
    ).drop("_earlier")


def _not_the_last_day(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    day, precision = pl.col("first_online_date"), pl.col("first_online_precision")
    ends_month = day == day.dt.month_end()
    months = {"month": 1, "quarter": 3, "half": 6, "year": 12}
    ends_period = pl.any_horizontal(
        (precision == word) & ends_month & (day.dt.month() % length == 0) for word, length in months.items()
    )
    told = day.is_not_null() | precision.is_not_null()
    return frame.filter(told & ~((precision == "day") | ends_period).fill_null(False))


def _no_target(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("first_online_date") <= pl.col("known_from"))


def _silent(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    unknown = (pl.col("coordinated_with_us_gov") == "unknown") & (pl.col("reciprocal") == "unknown")
    return frame.filter(unknown & pl.all_horizontal(pl.col(TERMS).is_null()))


RULES = [
    *reviewed_tables.rules(
        ["deal_id"],
        ["instrument", *MONEY, *AMOUNTS, "restates_deal_id", "restates_as", "first_online_date", "known_from"],
    ),
    *reviewed_tables.range_rules("amount"),
    Rule("conditions_known", "block", f"conditionality is among {', '.join(CONDITIONS)}, each once",
         "Use these words, separated by semicolons, or add one to the rule and the declaration.",
         _unlisted("conditionality", CONDITIONS)),
    Rule("guarantees_known", "block", f"guarantee_types is among {', '.join(GUARANTEES)}, each once",
         "Use these words, separated by semicolons.", _unlisted("guarantee_types", GUARANTEES)),
    Rule("money_told_as_a_whole", "block", "stage, payer and kind of an amount come together, and before its parts",
         "Fill funding_stage, payer_type (or unknown) and amount_kind where the event names money, else none.",
         _half_told_money),
    Rule("restated_event_exists", "block", "the money restated is that of another event with terms, not a later one",
         "Correct restates_deal_id, and say in restates_as how the two relate.", _restating_badly),
    Rule("period_ends_on_its_last_day", "block", "a target is the last day of the month, quarter, half or year stated",
         "Set the last day of the period, or its precision.", _not_the_last_day),
    Rule("target_lies_ahead", "block", "a target is after the day it was told",
         "A day that has passed is no target: leave it out.", _no_target),
    Rule("something_told", "block", "a row tells at least one term", "Take the row out.", _silent),
]  # fmt: skip
