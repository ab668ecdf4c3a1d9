"""Rules of the World Bank's indicators: figures of the usual size, countries that add up, closed years that stay."""

from expectations.country_years import closed_years, countries_are_the_world, scale
from expectations.rule import countries_present, year_not_in_future
from expectations.yearly_series import ONE_ROW_A_COUNTRY

# A country's GDP is rebased by tens of per cent every few decades; a change below the slack is rounding.
SLACK = {
    "population": 1000, "gdp_usd": 1e7, "gdp_ppp_usd": 1e7, "electricity_access_pct": 1,
    "electricity_use_kwh_per_person": 20, "grid_losses_pct": 1, "internet_users_pct": 1,
}  # fmt: skip

RULES = [
    year_not_in_future("year"),
    ONE_ROW_A_COUNTRY,
    countries_present("iso3", ["HKG", "MAC", "NAM", "PSE", "XKX"]),
    countries_are_the_world("WLD", {"population": 190}, 0.02),
    scale("population", "sum", 6e9, 12e9, "people", 190),
    scale("gdp_usd", "sum", 40e12, 400e12, "USD", 150),
    scale("gdp_ppp_usd", "sum", 70e12, 700e12, "international dollars", 150),
    scale("electricity_access_pct", "median", 80, 100, "%", 180),
    scale("electricity_use_kwh_per_person", "median", 800, 12_000, "kWh per person", 100),
    scale("grid_losses_pct", "median", 3, 30, "%", 100),
    scale("internet_users_pct", "median", 30, 100, "%", 120),
    *closed_years(SLACK),
]
