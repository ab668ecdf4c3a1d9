"""Rules of PeeringDB's facilities as CAIDA archives them."""

from expectations.registry_lists import rules

RULES = rules("facility_id", positions=("latitude_deg", "longitude_deg"))
