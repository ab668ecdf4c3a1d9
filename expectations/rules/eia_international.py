"""Rules of EIA's electricity by country and year."""

from expectations.eia_electricity import RULES

__all__ = ["RULES"]
