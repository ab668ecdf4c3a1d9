"""Rules of the memberships of blocs."""

from datetime import date

import polars as pl

from expectations import reviewed_tables
from expectations.rule import Rule

TIERS = ["ai_diffusion_t1", "ai_diffusion_t2", "ai_diffusion_t3"]
RESCINDED = date(2025, 5, 13)


def _unexplained(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("valid_to").is_null() != pl.col("end_reason").is_null())


def _still_tiered(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    ends = pl.col("valid_to").eq_missing(RESCINDED) & pl.col("end_known_from").eq_missing(RESCINDED)
    return frame.filter(pl.col("bloc_id").is_in(TIERS) & ~ends)


def _in_two_tiers(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    tiered = frame.filter(pl.col("bloc_id").is_in(TIERS))
    return tiered.filter(tiered["member"].is_duplicated())


def _leaning_two_ways(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(
        (pl.col("pole").n_unique().over("bloc_id") > 1) | (pl.col("bloc_name").n_unique().over("bloc_id") > 1)
    )


RULES = [
    *reviewed_tables.rules(
        ["bloc_id", "member", "valid_from"], ["role", "valid_to", "pole", "known_from", "end_known_from"]
    ),
    *reviewed_tables.interval_rules(["bloc_id", "member"]),
    Rule("end_has_reason", "block", "a membership that ended has a reason, and no other has",
         "Say in end_reason why it ended; a row that was never true ends on the day it began.", _unexplained),
    Rule("tiers_rescinded", "block", f"the tiers of the AI diffusion rule end on {RESCINDED}, known on that day",
         "Set both days.", _still_tiered),
    Rule("one_tier", "block", "no country stands in two tiers of the AI diffusion rule",
         "Look it up in the rule.", _in_two_tiers),
    Rule("one_pole_a_bloc", "block", "a bloc has one name and leans to one pole",
         "Choose one for all of its rows.", _leaning_two_ways),
]  # fmt: skip
