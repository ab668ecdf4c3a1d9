"""Rules of the concordance: contested places are there, memberships and regions are whole."""

from datetime import date

import polars as pl

from expectations.rule import Rule, countries_present


def _members(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    members = frame["un_member"].sum()
    return pl.DataFrame({"n_un_members": [] if 190 <= members <= 200 else [members]})


def _regionless(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    # Antarctica and a few islands have no M49 region; a country of the United Nations always has.
    return frame.filter(pl.col("un_member") & (pl.col("region").is_null() | pl.col("subregion").is_null()))


def _unclassified(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    unknown = frame.filter(pl.col("un_member") & pl.col("income_level").is_null())
    return unknown if unknown.height > 20 else unknown.clear()


RULES = [
    countries_present("country_code", ["TWN", "HKG", "XKX", "NAM"]),
    Rule("un_members_counted", "block", "190 to 200 places are members of the United Nations",
         "The flag was read wrongly: look at the bytes.", _members),
    Rule("members_have_regions", "block", "every member of the United Nations has a region and a subregion",
         "Columns were renamed or emptied: look at the bytes.", _regionless),
    Rule("members_have_income_levels", "block", "all but 20 members of the United Nations have a level",
         "The column was renamed or emptied: look at the bytes.", _unclassified),
]  # fmt: skip
