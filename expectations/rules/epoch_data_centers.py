"""Rules of Epoch AI's sites: what their power means is known, and a change of meaning is told."""

from datetime import date

import polars as pl

from expectations.ratios import median_ratio, odd_rows
from expectations.rule import Rule

POWER, COMPUTE, COST = "current_power_mw", "current_h100e", "current_capital_cost_usd_bn"
MOST_LOST = 0.2


def _unknown_kind(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    counts = frame["power_equals"].value_counts(name="n_sites")
    return counts if "unknown" in frame["mw_kind"] else counts.clear()


def _kind_changed(frame: pl.DataFrame, previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    if previous is None:
        return pl.DataFrame()
    was, now = previous["mw_kind"].item(0), frame["mw_kind"].item(0)
    found = pl.DataFrame({"change": [f"from {was} to {now} power"], "n_sites": [frame.height]})
    return found if was != now else found.clear()


def _odd_power(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("power_equals") == "neither")


def _sites_gone(frame: pl.DataFrame, previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return pl.DataFrame() if previous is None else previous.join(frame, on="name", how="anti").select("name", POWER)


def _many_sites_gone(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    gone = _sites_gone(frame, previous, known_at)
    return gone if previous is not None and gone.height > MOST_LOST * previous.height else gone.clear()


RULES = [
    Rule(
        "power_kind_known", "block",
        "the current power of nine in ten running sites equals facility power, or IT power, of the timelines",
        "The column took on another meaning, or its unit changed: compare both files in the archived bytes.",
        _unknown_kind,
    ),
    Rule(
        "power_kind_unchanged", "warn",
        "current power is of the same kind, facility or IT, as in the vintage before (marts use the timelines)",
        "Nothing was lost or built: the publisher changed the definition. Read mw_kind before comparing vintages; the "
        "marts take facility power from the timelines.",
        _kind_changed,
    ),
    Rule(
        "power_in_timelines", "warn",
        "the current power of every site is found in its timeline",
        "Look at the site in both files; its timeline may be of another day.",
        _odd_power,
    ),
    Rule(
        "no_site_gone", "warn",
        "every site of the vintage before is still listed",
        "Look whether it was renamed, and add the name to ref_project_alias; a site can also be withdrawn.",
        _sites_gone,
    ),
    Rule(
        "sites_kept", "block",
        f"no more than {MOST_LOST:.0%} of the sites of the vintage before are gone",
        "The file was cut, or names were given in another way: compare both files in the archived bytes.",
        _many_sites_gone,
    ),
    Rule(
        "unit_suspect_cost", "warn", "the capital cost of each site is 5 to 60 million USD a megawatt",
        "Look at both figures of these rows: one may be in another unit, or of another part of the site.",
        odd_rows(COST, POWER, (5, 60), scale=1000),
    ),
    Rule(
        "unit_suspect_compute", "warn", "an H100 equivalent of each site takes 0.3 to 5 kW",
        "Look at both figures of these rows: one may be in another unit, or of another part of the site.",
        odd_rows(POWER, COMPUTE, (0.3, 5), scale=1000),
    ),
    median_ratio("cost_per_power", COST, POWER, (5, 60), scale=1000,
                 description="the median capital cost is 5 to 60 million USD a megawatt"),
]  # fmt: skip
