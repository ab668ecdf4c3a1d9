"""Parser of the Worldwide Governance Indicators: a workbook of one sheet, or of a sheet per dimension since 2025."""

from collections.abc import Mapping

import polars as pl

from ingest.parsing import read_xlsx, sheet_names

DIMENSIONS = ["cc", "ge", "pv", "rl", "rq", "va"]
ONE_SHEET = {
    "code": "country_code", "countryname": "country_name", "year": "year", "indicator": "dimension",
    "estimate": "estimate", "stddev": "standard_error", "nsource": "n_sources", "pctrank": "percentile_rank_pct",
}  # fmt: skip
SHEET_EACH = {
    "Economy (code)": "country_code", "Economy (name)": "country_name", "Year": "year",
    "Governance estimate (approx. -2.5 to +2.5)": "estimate", "Standard error (estimate)": "standard_error",
    "Number of sources": "n_sources",
}  # fmt: skip
FIGURES = ["estimate", "standard_error", "n_sources", "percentile_rank_pct"]


def _chosen(sheet: pl.DataFrame, columns: Mapping[str, str]) -> pl.DataFrame:
    return sheet.select(pl.col(published).alias(column) for published, column in columns.items())


def _table(content: bytes) -> pl.DataFrame:
    if not set(DIMENSIONS) <= set(sheet_names(content)):
        return _chosen(read_xlsx(content, "Sheet1"), ONE_SHEET)
    sheets = [
        _chosen(read_xlsx(content, dimension), SHEET_EACH).with_columns(dimension=pl.lit(dimension))
        for dimension in DIMENSIONS
    ]
    return pl.concat(sheets).with_columns(percentile_rank_pct=pl.lit(None, pl.String))


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per country, year and dimension that has any figure, all as text."""
    (content,) = files.values()
    table = _table(content)
    # Two dots stand for no figure.
    table = table.with_columns(pl.col(figure).replace("..", None) for figure in FIGURES)
    return table.filter(pl.any_horizontal(pl.col(FIGURES).is_not_null()))
