"""Parser of the Non-US Data Center Registry's projects: their sheet as published, with setbacks and operators told."""

from collections.abc import Mapping

import polars as pl

from ingest.parsing import read_xlsx

PROJECTS, SETBACKS = "infrastructure project data", "setbacks"
OPERATORS = {"us": "us_operator_companies", "china": "chinese_operator_companies", "domestic": "domestic_operator",
             "other": "other_operator_company"}  # fmt: skip


def _nationality(frame: pl.DataFrame) -> pl.Expr:
    told = [
        pl.when(pl.col(column).str.strip_chars() != "").then(pl.lit(word))
        for word, column in OPERATORS.items()
        if column in frame.columns
    ]
    joined = pl.concat_str(told, separator="+", ignore_nulls=True) if told else pl.lit("")
    return pl.when(joined != "").then(joined).otherwise(pl.lit("unknown"))


def _setbacks(content: bytes) -> pl.DataFrame:
    """Return number and kinds of setbacks by project; a few rows of the sheet are about no listed project."""
    kinds = pl.col("setbacks").str.split(", ").explode().unique().sort().str.join("; ")
    sheet = read_xlsx(content, SETBACKS).drop_nulls("p_id")
    return sheet.group_by("p_id").agg(pl.len().cast(pl.Int64).alias("n_setbacks"), kinds.alias("setback_kinds"))


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per project, columns as published, with its setbacks and the nationality of its operators."""
    (content,) = files.values()
    projects = read_xlsx(content, PROJECTS)
    # Any other text than a year, or two with a stroke, is told by the gate.
    years = [name for name in ("year_announced", "year_start") if name in projects.columns]
    projects = projects.with_columns(pl.col(years).str.replace(r"^(\d{4})/\d{4}$", "${1}"))
    projects = projects.with_columns(_nationality(projects).alias("operator_nationality"))
    if "p_id" not in projects.columns:
        return projects.with_columns(n_setbacks=pl.lit(0), setback_kinds=pl.lit(None, pl.String))
    return projects.join(_setbacks(content), on="p_id", how="left", maintain_order="left").with_columns(
        pl.col("n_setbacks").fill_null(0)
    )
