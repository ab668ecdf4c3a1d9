"""Rules of the Non-US Data Center Registry: sums hold, operators agree with them, and no row outweighs a country."""

from collections.abc import Callable
from datetime import date

import polars as pl

from expectations.rule import TO_REVIEW, Rule

PARTS = ("project_investment_usd", "country_investment_usd", "regional_investment_usd")
TOTAL = pl.col("total_investment_usd").fill_null(0)
SHARE, LEAST_USD = 0.25, 1e9
Find = Callable[[pl.DataFrame, pl.DataFrame | None, date], pl.DataFrame]


def _differs(figure: pl.Expr, other: pl.Expr) -> pl.Expr:
    return (figure - other).abs() > 1 + 0.01 * other


def _not_the_sum(frame: pl.DataFrame) -> pl.DataFrame:
    parts = pl.sum_horizontal(PARTS)
    return frame.with_columns(parts_usd=parts).filter(_differs(TOTAL, parts))


def _operated_otherwise(frame: pl.DataFrame) -> pl.DataFrame:
    odd = [
        _differs(pl.col(figure).fill_null(0), pl.when(pl.col(operators).is_null()).then(0).otherwise(TOTAL))
        for figure, operators in (("us_operated_usd", "us_operators"), ("china_operated_usd", "chinese_operators"))
    ]
    return frame.filter(pl.any_horizontal(odd))


def _each(odd: Callable[[pl.DataFrame], pl.DataFrame], *shown: str) -> Find:
    return lambda frame, _previous, _known_at: odd(frame).select("project_id", "country_name", *shown)


def _many(odd: Callable[[pl.DataFrame], pl.DataFrame], share: float) -> Find:
    """Fail where the odd rows are more than a share of the rows with a figure."""

    def find(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        n_odd, n_told = odd(frame).height, frame.filter(pl.any_horizontal(pl.col(*PARTS) > 0)).height
        return pl.DataFrame({"n_odd": [n_odd], "n_with_figure": [n_told]} if n_odd > share * n_told else {"n_odd": []})

    return find


def _outweighs(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    shares = frame.with_columns(share_of_country=TOTAL / TOTAL.sum().over("country_name"))
    found = shares.filter((pl.col("share_of_country") > SHARE) & (TOTAL > LEAST_USD))
    # A slip of units is likeliest where no operator is known to spend so much, and hardly any of it on the project.
    unknown = pl.col("operator_nationality") == "unknown"
    foreign = pl.col("project_investment_usd").fill_null(0) < 0.05 * TOTAL
    shown = ("project_id", "country_name", "description", "total_investment_usd", *PARTS, "share_of_country")
    return found.sort(~(unknown & foreign), -TOTAL).select(shown)


def _us_share(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    share = frame.select(pl.col("us_operated_usd").sum() / TOTAL.sum()).item()
    return pl.DataFrame({"us_share": [share]} if share is None or not 0.25 <= share <= 0.75 else {"us_share": []})


RULES = [
    Rule(
        "totals_are_sums", "block", "in 95 of 100 rows with a figure the total is the sum of its three parts",
        "A total or a part is in another unit: compare with the vintage before.", _many(_not_the_sum, 0.05),
    ),
    Rule(
        "total_is_sum", "warn", "the total of each row is the sum of its three parts",
        "The publisher's slip: take the parts of these rows.",
        _each(_not_the_sum, "total_investment_usd", "parts_usd"),
    ),
    Rule(
        "operated_follow_operators", "block",
        "in 98 of 100 rows with a figure the sum operated by US and Chinese companies is the total, or 0 without one",
        "One of the sums is in another unit, or an operator column was renamed: compare with the vintage before.",
        _many(_operated_otherwise, 0.02),
    ),
    Rule(
        "operated_follows_operator", "warn",
        "the sum operated by US and by Chinese companies is the total where one operates, and 0 otherwise",
        "The publisher's slip: count these rows by their operators.",
        _each(_operated_otherwise, "total_investment_usd", "us_operated_usd", "china_operated_usd"),
    ),
    Rule(
        "us_share_plausible", "block", "US companies operate 25 to 75 % of the investment (published: 48 %)",
        "The file is not the registry's whole edition: compare the sums with the publisher's paper.", _us_share,
    ),
    Rule(
        "no_row_outweighs_country", "warn",
        "no row of more than 1 billion USD is over a quarter of its country's total",
        "Review these rows before a country's share is read: a programme of the whole country, a sum in local "
        "currency, or the same sum in two rows.",
        _outweighs, n_kept=TO_REVIEW,
    ),
]  # fmt: skip
