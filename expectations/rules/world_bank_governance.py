"""Rules of the governance indicators: six whole dimensions, estimates spread as they are made, ranks that follow."""

from datetime import date

import polars as pl

from expectations.rule import Rule, countries_present, year_not_in_future

KEY = ["country_code", "year", "dimension"]
LEAST_COUNTRIES = 150
# The scale of an estimate is five units wide: a closed year is judged by shares of it, as estimates lie around zero.
SCALE = 5.0


def _newest(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("year") == frame["year"].max())


def _incomplete(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    dimensions = pl.DataFrame({"dimension": ["cc", "ge", "pv", "rl", "rq", "va"]})
    counts = _newest(frame).group_by("dimension").agg(n_countries=pl.col("iso3").n_unique())
    known = dimensions.join(counts, on="dimension", how="left").with_columns(pl.col("n_countries").fill_null(0))
    return known.filter(pl.col("n_countries") < LEAST_COUNTRIES)


def _odd_spread(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    spread = frame.group_by("year", "dimension").agg(
        mean=pl.col("estimate").mean(), deviation=pl.col("estimate").std(), error=pl.col("standard_error").median()
    )
    usual = (
        pl.col("mean").is_between(-0.5, 0.5)
        & pl.col("deviation").is_between(0.6, 1.4)
        & pl.col("error").is_between(0.05, 1)
    )
    return spread.filter(~usual).rename({"year": "of_year", "dimension": "of_dimension"})


def _ranked_otherwise(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    known = frame.drop_nulls("percentile_rank_pct")
    ranks = known.group_by("year", "dimension").agg(
        follows=pl.corr("estimate", "percentile_rank_pct", method="spearman"),
        highest=pl.col("percentile_rank_pct").max(),
    )
    odd = ~((pl.col("follows") > 0.95) & (pl.col("highest") > 90)).fill_null(value=False)
    return ranks.filter(odd).rename({"year": "of_year", "dimension": "of_dimension"})


def _told_twice(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    countries = frame.filter(pl.col("iso3").is_not_null())
    return countries.filter(countries.select("iso3", "year", "dimension").is_duplicated())


def _closed(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    """Rows of closed years that the vintage before had too, with the share of the scale they moved as `moved`."""
    was = (frame.clear() if previous is None else previous).select(*KEY, was="estimate")
    closed = frame.filter(pl.col("year") < known_at.year).join(was, on=KEY)
    return closed.with_columns(moved=(pl.col("estimate") - pl.col("was")).abs() / SCALE)


def _rewritten(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    return _closed(frame, previous, known_at).filter(pl.col("moved") > 0.30)


def _revised(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    return _closed(frame, previous, known_at).filter(pl.col("moved").is_between(0.01, 0.30))


def _lost(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    if previous is None:
        return pl.DataFrame()
    gone = previous.filter(pl.col("year") < known_at.year).join(frame, on=KEY, how="anti")
    return gone.select(lost_country="country_code", lost_year="year", lost_dimension="dimension")


RULES = [
    year_not_in_future("year"),
    Rule("one_row_a_country", "block", "no country, year and dimension has two rows",
         "Two codes are of one country: find out which is meant, and declare the other an aggregate.", _told_twice),
    countries_present("iso3", ["COD", "HKG", "NAM", "PSE", "ROU", "TWN", "XKX"]),
    Rule("dimensions_whole", "block", f"the newest year has six dimensions of {LEAST_COUNTRIES} countries or more each",
         "Look whether the workbook was cut or another one came.", _incomplete),
    Rule("estimates_spread", "block",
         "estimates of a year and dimension lie around 0 with a deviation around 1 and errors of 0.05 to 1",
         "Scores of another scale (0 to 100) came in place of estimates, or a column was swapped.", _odd_spread),
    Rule("ranks_follow_estimates", "block", "percentile ranks are in the order of the estimates and reach 90 and more",
         "The two columns are of different dimensions or years, or ranks are shares of one.", _ranked_otherwise),
    Rule("closed_year_rewritten", "quarantine_rows",
         "no estimate of a closed year moved by more than 30 % of the scale since the vintage before",
         "Find the publisher's note on the revision. The row is set aside and the earlier one stays.", _rewritten),
    Rule("closed_year_revised", "warn",
         "no estimate of a closed year moved by more than 1 % of the scale since the vintage before",
         "Every edition estimates all years anew: compare countries within one edition only.", _revised),
    Rule("closed_year_kept", "warn", "every closed year of the vintage before still has its estimates",
         "Look whether the publisher withdrew a country or the file was cut.", _lost),
]  # fmt: skip
