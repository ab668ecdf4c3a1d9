"""Rules of Epoch AI's timelines: units stay units, and rewritten history is told."""

from datetime import date

import polars as pl

from expectations.ratios import median_ratio, odd_rows
from expectations.rule import Rule

FACILITY, IT, COMPUTE = "facility_power_mw", "it_power_mw", "h100e"
COST, PARTS = "capital_cost_usd_bn", ["compute_cost_usd_bn", "construction_cost_usd_bn"]
WATER_MAX_MGD = 100


def _figure(name: str, value: object, low: float, high: float) -> pl.DataFrame:
    inside = value is None or (isinstance(value, float) and low <= value <= high)
    return pl.DataFrame({name: [] if inside else [value]})


def _running(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col(FACILITY) > 0)


def _power_scale(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return _figure("median_mw", _running(frame)[FACILITY].median(), 20, 2000)


def _ratio(frame: pl.DataFrame) -> pl.DataFrame:
    return _running(frame).filter(pl.col(IT) > 0).with_columns(ratio=pl.col(FACILITY) / pl.col(IT))


def _ratio_scale(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return _figure("median_facility_per_it", _ratio(frame)["ratio"].median(), 1, 2)


def _odd_ratio(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return _ratio(frame).filter(~pl.col("ratio").is_between(1, 2)).drop("ratio")


def _parts_unlike_whole(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    known = frame.drop_nulls([COST, *PARTS])
    whole, parts = float(known[COST].sum()), float(known.select(pl.sum_horizontal(PARTS)).to_series().sum())
    found = pl.DataFrame({COST: [whole], "sum_of_parts_usd_bn": [parts]})
    return found if abs(parts - whole) > 0.05 * whole else found.clear()


def _thirsty(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter(pl.col("water_use_mgd") > WATER_MAX_MGD)


def _water_scale(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    known = frame.filter(pl.col("water_use_mgd") > 0).height
    thirsty = _thirsty(frame, previous, known_at).height
    return _figure("share_above_100_mgd", thirsty / known if known else None, 0, 0.2)


def _rewritten(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    if previous is None:
        return frame.clear()
    before = previous.select("site_name", "date", was=FACILITY)
    past = frame.filter(pl.col("date") <= known_at).join(before, on=["site_name", "date"])
    return past.filter((pl.col(FACILITY) - pl.col("was")).abs() > pl.max_horizontal(pl.lit(1.0), 0.01 * pl.col("was")))


def _long_ago_or_far_off(frame: pl.DataFrame, _previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    return frame.filter(~pl.col("date").dt.year().is_between(2005, known_at.year + 15))


RULES = [
    Rule("power_scale", "block", "the median facility power of running sites is 20 to 2,000 MW",
         "Power is in another unit: compare with the vintage before.", _power_scale),
    Rule("facility_above_it", "block", "facility power is once to twice the IT power in the median",
         "The two columns were swapped or one changed its unit: compare with the vintage before.", _ratio_scale),
    Rule("facility_near_it", "warn", "facility power is once to twice the IT power of every row",
         "Look at the rows; the publisher estimates both.", _odd_ratio),
    median_ratio("power_per_compute", FACILITY, COMPUTE, (0.4, 5), scale=1000,
                 description="a running H100 equivalent takes 0.4 to 5 kW of facility power in the median"),
    median_ratio("cost_per_power", COST, FACILITY, (5, 60), scale=1000,
                 description="the median capital cost is 5 to 60 million USD a megawatt"),
    Rule("unit_suspect_compute", "warn", "an H100 equivalent of each row takes 0.3 to 4 kW of IT power",
         "Look at both figures of these rows: one may be in another unit, or of another part of the site.",
         odd_rows(IT, COMPUTE, (0.3, 4), scale=1000)),
    Rule("unit_suspect_cost", "warn", "the capital cost of each row is 5 to 60 million USD a megawatt",
         "Look at both figures of these rows: one may be in another unit, or of another part of the site.",
         odd_rows(COST, FACILITY, (5, 60), scale=1000)),
    Rule("cost_parts_add_up", "block", "compute and construction add up to the capital cost within 5 %",
         "One of the three is in another unit: compare with the vintage before.", _parts_unlike_whole),
    Rule("water_scale", "block", "at most a fifth of the rows use more than 100 million gallons a day",
         "Water is in another unit: compare with the vintage before.", _water_scale),
    Rule("water_plausible", "warn", "no site uses more than 100 million gallons a day",
         "The publisher gives gallons there; no mart reads water.", _thirsty),
    Rule("dates_plausible", "block", "a state lies between 2005 and fifteen years from now",
         "Look for a misread date.", _long_ago_or_far_off),
    Rule("history_kept", "warn", "the power of a past day is what the vintage before said",
         "Nothing: the publisher re-estimates; both vintages are kept.", _rewritten),
]  # fmt: skip
