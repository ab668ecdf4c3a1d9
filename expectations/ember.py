"""Rules shared by Ember's generation files: one row per area, period and source of electricity.

Leaves, subtotals, demand and net imports stand in one column, so what adds up is asked source by source.
"""

from datetime import date

import polars as pl

from expectations.closed_periods import closed_periods
from expectations.rule import Rule

TOTAL, NET_IMPORTS, COUNTRY = "Total generation", "Net imports", "Country or economy"
FIGURE = "generation_twh"
# Small grids are published to 0.01 TWh; what is left over between leaves and total may be that and a little more.
SUM_SHARE, SUM_SLACK_TWH = 0.02, 0.05
# Beyond it, figures do not add up because the file is another one, not because of one country's accounts.
SUM_MAX_SHARE_OFF = 0.10


def _totals(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("energy_source") == TOTAL)


def _leaves(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(~pl.col("is_aggregated") & (pl.col("energy_source") != NET_IMPORTS))


def _between(name: str, value: object, low: float, high: float) -> pl.DataFrame:
    inside = isinstance(value, float) and low <= value <= high
    return pl.DataFrame({name: [] if inside else [value]}, schema={name: pl.Float64})


def _sums_off(frame: pl.DataFrame, period: str) -> tuple[pl.DataFrame, int]:
    """Return areas and periods whose leaves are not their total, and how many have both."""
    keys = ["area", period]
    sums = _leaves(frame).group_by(keys).agg(sum_of_leaves_twh=pl.col(FIGURE).sum())
    both = _totals(frame).drop_nulls(FIGURE).select(*keys, total_twh=FIGURE).join(sums, on=keys)
    off = (pl.col("sum_of_leaves_twh") - pl.col("total_twh")).abs()
    slack = pl.max_horizontal(pl.lit(SUM_SLACK_TWH), SUM_SHARE * pl.col("total_twh").abs())
    return both.filter(off > slack).sort(keys), both.height


def _emissions(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    known = _leaves(frame).filter((pl.col(FIGURE) > 0.1) & (pl.col("emissions_intensity_gco2_kwh") > 0))
    ratio = 1000 * pl.col("emissions_mtco2e") / (pl.col(FIGURE) * pl.col("emissions_intensity_gco2_kwh"))
    return _between("median_emissions_to_product", known.select(ratio.median()).item(), 0.9, 1.1)


def _coal(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    known = frame.filter((pl.col("energy_source") == "Coal") & (pl.col(FIGURE) > 0.1))
    return _between("median_coal_gco2_kwh", known["emissions_intensity_gco2_kwh"].median(), 500, 1500)


def _countries_misnamed(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter((pl.col("area_type") == COUNTRY) != pl.col("iso3").is_not_null())


COUNTRIES_ALONE = Rule(
    "countries_alone", "block", "every country or economy has a code of a country, and no other area has one",
    "A group of countries must never count as one, nor a country as none: see the codes in the archived bytes.",
    _countries_misnamed,
)  # fmt: skip


def rules(period: str, largest_twh: tuple[float, float], slack_twh: float) -> list[Rule]:
    """Return the rules of a file whose periods stand in the column `period`, a year or the first day of a month.

    `largest_twh` are the least and most the country that generates most can generate in one period; a change within
    `slack_twh` is rounding.
    """
    keys = ["area", period, "energy_source"]

    def is_closed(known_at: date) -> pl.Expr:
        return pl.col(period) < (known_at.year if period == "year" else date(known_at.year, 1, 1))

    def future(frame: pl.DataFrame, _previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
        return frame.filter(pl.col(period) > (known_at.year if period == "year" else known_at))

    def sums(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        return _sums_off(frame, period)[0]

    def sums_broadly(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        off, n_both = _sums_off(frame, period)
        found = pl.DataFrame({"n_off": [off.height], "n_with_total": [n_both]})
        return found if not n_both or off.height > SUM_MAX_SHARE_OFF * n_both else found.clear()

    def largest(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        # Of each country its own newest: the largest may be late.
        countries = _totals(frame).filter(pl.col("iso3").is_not_null()).drop_nulls(FIGURE)
        newest = countries.sort(period).group_by("iso3").last()
        return _between("largest_country_twh", newest[FIGURE].max(), *largest_twh)

    def told_twice(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        countries = frame.filter(pl.col("iso3").is_not_null())
        return countries.filter(countries.select("iso3", period, "energy_source").is_duplicated())

    def late(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        countries = _totals(frame).filter(pl.col("iso3").is_not_null())
        periods = countries[period].unique().sort(descending=True)
        if len(periods) < 2:
            return pl.DataFrame()
        newest, before = (countries.filter(pl.col(period) == one) for one in periods[:2])
        return before.join(newest, on="area", how="anti").select(late_area="area").sort("late_area")

    return [
        Rule("period_not_in_future", "block", f"no {period} is after the day of publication",
             "No figure comes before its time: look for a misread period.", future),
        Rule("leaves_sum_to_total", "warn",
             "the sources of an area and period add up to its total within 2 % or 0.05 TWh",
             "Look at the rows; the publisher takes totals and sources from different statistics at times.", sums),
        Rule("leaves_sum_broadly", "block",
             "sources and total agree within 2 % or 0.05 TWh in nine of ten areas and periods",
             "A source is missing, named otherwise or in another unit: compare with the vintage before.", sums_broadly),
        Rule("largest_country_in_range", "block",
             f"the country that generates most generates {largest_twh[0]:,g} to {largest_twh[1]:,g} TWh in a {period}",
             "The unit changed, or the file was cut short: compare with the vintage before.", largest),
        Rule("one_area_a_country", "block", f"no country, {period} and source has two rows",
             "Two areas carry one country's code: find out which is the country.", told_twice),
        Rule("emissions_follow_intensity", "block",
             "emissions are generation times intensity within 10 % in the median",
             "One of the three is in another unit: compare with the vintage before.", _emissions),
        Rule("coal_intensity", "block", "the intensity of coal is 500 to 1,500 gCO2e/kWh in the median",
             "The intensity is in another unit: compare with the vintage before.", _coal),
        *closed_periods(keys, {FIGURE: slack_twh}, is_closed, "period"),
        Rule("no_country_late", "warn", f"every country of the {period} before is in the newest one",
             "Nothing: a country that is missing there is late, not without electricity.", late),
    ]  # fmt: skip
