"""Rules of PeeringDB's exchanges in facilities."""

from expectations.registry_lists import rules

RULES = rules("presence_id")
