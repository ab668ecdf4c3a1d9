"""Rules of the names of projects: a link is made or it is not, and a project stands in one country."""

from datetime import date

import polars as pl

from expectations import reviewed_tables
from expectations.rule import Rule


def _half_linked(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    is_linked = pl.col("project_id").is_not_null()
    return frame.filter(
        (is_linked == (pl.col("confidence") == "low"))
        | (is_linked & pl.col("candidate_project_ids").is_not_null())
        | (~is_linked & pl.col("note").is_null())
    )


def _in_two_countries(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("project_id").is_not_null() & (pl.col("site_country").n_unique().over("project_id") > 1))


def _no_candidates(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    named = frame.with_columns(pl.col("candidate_project_ids").str.split(";")).explode("candidate_project_ids")
    named = named.with_columns(pl.col("candidate_project_ids").str.strip_chars())
    known = frame.select(candidate_project_ids="project_id")
    return named.filter(pl.col("candidate_project_ids").is_not_null()).join(
        known, on="candidate_project_ids", how="anti"
    )


RULES = [
    *reviewed_tables.rules(["source_id", "source_key"], ["project_id", "site_country", "known_from"]),
    Rule("linked_or_not", "block", "a link with a project is not of low confidence; without one it is, with a note",
         "Prove the link, or move the project to candidate_project_ids and say why.", _half_linked),
    Rule("one_country_a_project", "block", "all names of a project stand in one country",
         "Correct the country, or split the project.", _in_two_countries),
    Rule("candidates_exist", "block", "a candidate is the project of another row",
         "Correct the name of the project.", _no_candidates),
]  # fmt: skip
