"""Parser of Epoch AI's GPU clusters: the table as published, with a key that outlasts a vintage."""

from collections.abc import Mapping

import polars as pl

from ingest.parsing import read_csv

NAME, DUPLICATE, DECOMMISSIONED = "Name", "Possible Duplicate", "Decommissioned Date (if applicable)"
STANDARD = "Include in Standard Analysis"
DAY = "First Operational Date"
# Figures with the same name were written 30.0 and 30, and differ in their sixteenth digit from vintage to vintage.
FIGURES = ("H100 equivalents", "Chip quantity (primary)", "Power Capacity (MW)")


def _figure(name: str) -> pl.Expr:
    number = pl.col(name).cast(pl.Float64, strict=False)
    return pl.when(number.is_null()).then(pl.lit("-")).otherwise(number.round_sig_figs(6).cast(pl.String))


def cluster_ids(frame: pl.DataFrame) -> pl.Series:
    """Return a key for each row: its name, or name, day, figures and a running number where rows share the name.

    Rows alike in all of these are numbered with those of the standard analysis first, since the others are what a
    vintage may leave out.
    """
    name, day = (pl.col(column).fill_null("-") for column in (NAME, DAY))
    told = frame.select(
        name.alias("name"),
        pl.concat_str(name, day, *map(_figure, FIGURES), separator=" | ").alias("long"),
        pl.col(STANDARD).eq("True").fill_null(value=False).alias("standard"),
        pl.int_range(pl.len()).alias("row"),
    )
    numbered = told.sort("standard", "row", descending=[True, False]).with_columns(
        pl.int_range(1, pl.len() + 1).over("long").alias("n")
    )
    is_alone = pl.len().over("name") == 1
    return numbered.select(
        "row",
        pl.when(is_alone).then("name").otherwise(pl.format("{} | {}", "long", "n")).alias("cluster_id"),
    ).sort("row")["cluster_id"]  # fmt: skip


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per cluster or phase, columns as published, with `cluster_id`."""
    (content,) = files.values()
    frame = read_csv(content)
    # What a file lacks is told by the gate, in its words.
    filled = {DUPLICATE: "false", DECOMMISSIONED: "none"}
    frame = frame.with_columns(
        pl.col(column).replace("", None).fill_null(word) for column, word in filled.items() if column in frame.columns
    )
    if {NAME, DAY, STANDARD, *FIGURES} <= set(frame.columns):
        return frame.with_columns(cluster_ids(frame))
    return frame.with_columns(cluster_id=pl.lit(None, pl.String))
