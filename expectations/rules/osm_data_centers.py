"""Rules of OpenStreetMap's data centers: positions lie in countries, and in those that people wrote beside them."""

from datetime import date

import polars as pl

from expectations.rule import Rule
from ingest.countries import iso3_of
from ingest.declaration import Country

STATED = Country(column="stated_country_code", code="iso2")


def _at_sea(share: float) -> "Rule":
    def find(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        lost = frame.filter(pl.col("iso3").is_null())
        return lost if lost.height > share * frame.height else lost.clear()

    word = "block" if share > 0.05 else "warn"
    return Rule(
        "positions_in_countries" if word == "warn" else "positions_on_land", word,
        f"at most {share:.0%} of the elements lie in no country",
        "Look at the sample on a map: a coast may be missing from the borders, or the positions are wrong.", find,
    )  # fmt: skip


def _elsewhere(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    """Compare the country of the position with the one in the address, where that is a code."""
    codes = frame["stated_country_code"].drop_nulls().unique().to_list()
    told = {code: iso3 for code in codes if (iso3 := iso3_of(code, STATED))}
    stated = pl.col("stated_country_code").replace_strict(
        list(told), list(told.values()), default=None, return_dtype=pl.String
    )
    both = frame.with_columns(stated=stated).filter(pl.col("stated").is_not_null() & pl.col("iso3").is_not_null())
    odd = both.filter(pl.col("stated") != pl.col("iso3"))
    return odd.drop("stated") if odd.height > 0.05 * both.height else odd.clear().drop("stated")


def _spread(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    counts = frame["iso3"].drop_nulls().value_counts(sort=True, name="n_rows").head(1)
    n_countries = frame["iso3"].n_unique()
    odd = n_countries < 60 or counts["n_rows"].item(0) > 0.7 * frame.height
    return counts.with_columns(n_countries=pl.lit(n_countries)) if odd else counts.clear()


def _replaced(frame: pl.DataFrame, previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    if previous is None:
        return pl.DataFrame()
    gone = previous.join(frame, on=["osm_type", "osm_id"], how="anti").height
    # A node becomes an outline, a campus its buildings: elements are replaced one by one, some in a hundred a month.
    return pl.DataFrame({"n_gone": [gone]} if gone > 0.2 * previous.height else {"n_gone": []})


RULES = [
    _at_sea(0.01),
    _at_sea(0.10),
    Rule("stated_country_agrees", "block", "nineteen in twenty positions lie in the country their address names",
         "Look whether latitude and longitude are exchanged, or a border is wrong.", _elsewhere),
    Rule("spread_over_countries", "block", "the map covers 60 countries or more, none with over 70 % of the elements",
         "Look whether the answer was cut, or limited to a part of the world.", _spread),
    Rule("same_map", "block", "at most a fifth of the elements of the vintage before are gone",
         "Look whether the tag was renamed or a part of the world is missing in the archived bytes.", _replaced),
]  # fmt: skip
