"""Rules of the renewable share of electricity by country and year."""

from expectations.yearly_series import rules

# In small grids one dam or one dry year moves the share; half a point is no revision.
RULES = rules("renewable_share_pct", 20, 70, "%", slack=0.5)
