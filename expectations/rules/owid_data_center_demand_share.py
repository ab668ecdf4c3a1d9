"""Rules of the share of electricity demand used by data centers."""

from expectations.rule import countries_present
from expectations.yearly_series import rules

# The world used 1.5 % in 2025; a share given as a fraction, or per mille, lies outside.
RULES = [
    *rules("data_center_share_pct", 0.5, 12, "%", slack=0.02),
    countries_present("iso3", ["CHN", "USA"]),
]
