"""Rules of electricity demand by country and year."""

from expectations.yearly_series import rules

RULES = rules("demand_twh", 25_000, 50_000, "TWh", slack=0.05)
