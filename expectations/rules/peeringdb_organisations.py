"""Rules of PeeringDB's organisations."""

from expectations.registry_lists import rules

RULES = rules("org_id")
