"""Rules of electricity generation by country and year."""

from expectations.yearly_series import rules

# Tiny grids are published to 0.01 TWh and move by as much.
RULES = rules("generation_twh", 25_000, 50_000, "TWh", slack=0.05)
