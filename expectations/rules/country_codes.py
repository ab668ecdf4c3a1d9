"""Rules of the country codes: the traps that silently lose a country."""

from datetime import date

import polars as pl

from expectations.rule import Rule, countries_present


def _not_codes(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    well_formed = (
        pl.col("country_code").str.contains("^[A-Z]{3}$")
        & pl.col("iso2").str.contains("^[A-Z]{2}$")
        & pl.col("numeric_code").str.contains("^[0-9]{3}$")
    )
    return frame.filter(~well_formed)


def _shared_codes(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("iso2").is_duplicated() | pl.col("numeric_code").is_duplicated())


def _namibia(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    namibia = frame.filter((pl.col("country_code") == "NAM") & (pl.col("iso2") == "NA"))
    return pl.DataFrame({"expected": [] if namibia.height else ["NAM has the alpha-2 code NA"]})


RULES = [
    countries_present("country_code", ["TWN", "HKG", "NAM"]),
    Rule("codes_well_formed", "block", "codes are three letters, two letters and three digits",
         "A code was read as a number or cut: look at the bytes.", _not_codes),
    Rule("codes_unique", "block", "no two countries share an alpha-2 or a numeric code",
         "Compare the rows with ISO 3166-1.", _shared_codes),
    Rule("namibia_has_code", "block", 'Namibia is there with its alpha-2 code "NA"',
         'A reader took "NA" for a missing value: read every column as text.', _namibia),
]  # fmt: skip
