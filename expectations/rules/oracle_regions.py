"""Rules of Oracle Cloud's regions."""

from expectations.cloud_lists import total_between
from expectations.rule import countries_present, none_gone

RULES = [
    total_between("n_ipv4_addresses", 3e5, 5e7, "addresses"),
    countries_present("iso3", ["USA", "DEU", "GBR", "ARE"]),
    none_gone(["region_code"]),
]
