"""Parser of electricity by fuel: seven series of Our World in Data, one row per entity and year."""

from collections.abc import Mapping

import polars as pl

from ingest.parsing import read_csv

KEY = ["Entity", "Code", "Year"]
# File of each fuel, the name of its figure there, and the name of its column here.
SERIES = {
    "electricity-coal.csv": ("Coal", "coal_twh"),
    "electricity-gas.csv": ("Gas", "gas_twh"),
    "electricity-oil.csv": ("Oil", "oil_twh"),
    "electricity-nuclear.csv": ("Nuclear", "nuclear_twh"),
    "electricity-hydro.csv": ("Hydropower", "hydro_twh"),
    "electricity-wind.csv": ("Wind", "wind_twh"),
    "electricity-solar.csv": ("Solar", "solar_twh"),
}


def _read(name: str, content: bytes, figure: str, column: str) -> pl.DataFrame:
    """Return one file as entity, code, year, column and figure, all text. Raises ValueError for other columns."""
    frame = read_csv(content, ends_with_newline=False)
    if frame.columns != [*KEY, figure]:
        raise ValueError(f"{name}: expected the columns {', '.join([*KEY, figure])}, came {', '.join(frame.columns)}")
    if (twice := frame.filter(frame.select("Entity", "Year").is_duplicated())).height:
        raise ValueError(f"{name}: {twice['Entity'][0]} {twice['Year'][0]} stands there twice")
    return frame.rename({figure: "figure"}).with_columns(column=pl.lit(column))


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per entity and year, in TWh as text; a figure that a file lacks is null, never zero.

    Raises ValueError where a file has other columns, or an entity and year twice.
    """
    series = [_read(name, files[name], *names) for name, names in SERIES.items()]
    wide = pl.concat(series).pivot("column", index=KEY, values="figure").sort(KEY)
    return wide.rename({"Entity": "entity", "Code": "country_code", "Year": "year"})
