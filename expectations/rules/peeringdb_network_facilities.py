"""Rules of PeeringDB's networks in facilities."""

from expectations.registry_lists import rules

RULES = rules("presence_id")
