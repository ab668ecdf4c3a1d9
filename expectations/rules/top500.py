"""Rules of TOP500 lists: the list is whole, in order and no older than the one before, and its units agree."""

from datetime import date

import polars as pl

from expectations.ratios import median_ratio
from expectations.rule import Rule

Frame = pl.DataFrame | None


def _ranks_missing(frame: pl.DataFrame, _previous: Frame, _known_at: date) -> pl.DataFrame:
    ranks = frame["rank"].to_list()
    missing = sorted(set(range(1, 501)) - set(ranks))
    twice = sorted({rank for rank in ranks if ranks.count(rank) > 1})
    return pl.DataFrame({"rank_missing_or_twice": [*missing, *twice]})


def _out_of_order(frame: pl.DataFrame, _previous: Frame, _known_at: date) -> pl.DataFrame:
    rising = frame.sort("rank").filter(pl.col("rmax_tflops") > pl.col("rmax_tflops").shift(1))
    return rising.select(pl.col("rank").alias("rank_above_its_place"), "rmax_tflops")


def _above_peak(frame: pl.DataFrame, _previous: Frame, _known_at: date) -> pl.DataFrame:
    above = frame.filter(pl.col("rmax_tflops") > pl.col("rpeak_tflops"))
    return above.select("system_id", "rmax_tflops", "rpeak_tflops")


def _other_list(frame: pl.DataFrame, _previous: Frame, _known_at: date) -> pl.DataFrame:
    newest, number = frame["first_appearance"].max(), frame["list_number"].item(0)
    found = pl.DataFrame({"list_number": [number], "newest_first_appearance": [newest]})
    return found if newest != number else found.clear()


def _not_yet(frame: pl.DataFrame, _previous: Frame, known_at: date) -> pl.DataFrame:
    return frame.head(1).filter(pl.col("list_month") > known_at).select("list_month")


def _older(frame: pl.DataFrame, previous: Frame, _known_at: date) -> pl.DataFrame:
    if previous is None:
        return pl.DataFrame()
    numbers = pl.DataFrame({"before": [previous["list_number"].max()], "now": [frame["list_number"].max()]})
    return numbers.filter(pl.col("now") < pl.col("before"))


RULES = [
    Rule("ranks_complete", "block", "the ranks 1 to 500 stand once each",
         "Look whether the sheet was cut, or a table of another list is meant.", _ranks_missing),
    Rule("ranked_by_performance", "block", "performance does not rise with the rank",
         "A column took on another meaning, or some rows are in another unit.", _out_of_order),
    Rule("performance_below_peak", "warn", "no system performs above its theoretical peak",
         "Chips that run faster than their base clock do so; leave the peak of these rows out of ratios.", _above_peak),
    Rule("list_is_its_number", "block", "the newest first appearance is the number of the list",
         "The sheet's name or the column means something else now: look at both in the archived bytes.", _other_list),
    Rule("list_not_in_future", "block", "the list is not of a month after the day of publication",
         "Look at the number of the list, and at the day the file was imported with.", _not_yet),
    Rule("list_not_older", "block", "the list is not older than the one of the vintage before",
         "The declared address leads to an older list: set it to the newest one.", _older),
    median_ratio("performance_of_peak", "rmax_tflops", "rpeak_tflops", (0.3, 1.1),
                 description="median performance is 30 to 110 % of the peak"),
    median_ratio("efficiency", "rmax_tflops", "power_kw", (1, 200),
                 description="median efficiency is 1 to 200 GFlop/s a watt"),
]  # fmt: skip
