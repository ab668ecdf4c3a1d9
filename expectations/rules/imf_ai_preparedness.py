"""Rules of the IMF's AI Preparedness Index: an edition made once stays as it is."""

from expectations.country_years import closed_years, scale
from expectations.rule import countries_present, year_not_in_future
from expectations.yearly_series import ONE_ROW_A_COUNTRY

INDEX = "ai_preparedness_index"
RULES = [
    year_not_in_future("year"),
    ONE_ROW_A_COUNTRY,
    countries_present("iso3", ["CHN", "HKG", "NAM", "USA"]),
    scale(INDEX, "median", 0.25, 0.7, "of 1", 130),
    *closed_years({INDEX: 0.002}),
]
