"""Rules of PeeringDB's exchanges."""

from expectations.registry_lists import rules

RULES = rules("exchange_id")
