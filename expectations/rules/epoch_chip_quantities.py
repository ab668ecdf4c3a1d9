"""Rules of Epoch AI's chip quantities: the size of a site's fleet, and rows without a site."""

from datetime import date

import polars as pl

from expectations.rule import Rule, none_gone


def _odd_size(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    standing = frame.filter(pl.col("n_chips") > 0)["n_chips"]
    median = standing.median()
    odd = not isinstance(median, int | float) or not 2_000 <= median <= 1_000_000
    return pl.DataFrame({"median_chips": [median], "n_rows": [len(standing)]}) if odd else pl.DataFrame()


def _no_site(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("data_center").is_null()).select("handle", "created_at", "n_chips", "owner", "user")


RULES = [
    Rule(
        "fleet_size", "block", "the median row with chips counts 2,000 to 1,000,000 of them",
        "Chips are counted in another unit (racks, thousands): compare with the vintage before.", _odd_size,
    ),
    Rule(
        "site_named", "warn", "every row names its site",
        "Nothing is lost: such rows belong to no country, and two of them can be the same chips. Leave them out of "
        "sums.",
        _no_site,
    ),
    none_gone(["handle", "created_at"], ["n_chips"]),
]  # fmt: skip
