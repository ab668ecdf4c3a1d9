"""Rules of Google Cloud's regions."""

from expectations.cloud_lists import total_between
from expectations.rule import countries_present, none_gone

RULES = [
    total_between("n_ipv4_addresses", 4e6, 2e8, "addresses"),
    countries_present("iso3", ["TWN", "HKG", "USA", "BEL"]),
    none_gone(["region_code"]),
]
