"""Rules of the electricity mix: fuels add up to totals, closed years stay closed, units stay units."""

from datetime import date

import polars as pl

from expectations.rule import Rule, year_not_in_future

FOSSIL = ["coal_twh", "gas_twh", "oil_twh"]
RENEWABLE = ["hydro_twh", "solar_twh", "wind_twh", "other_renewable_twh"]
LEAVES = [*FOSSIL, "nuclear_twh", *RENEWABLE]
# Each whole and its parts; together they hold every generation column but the published total.
WHOLES = {
    "fossil_twh": FOSSIL,
    "renewables_twh": RENEWABLE,
    "low_carbon_twh": ["renewables_twh", "nuclear_twh"],
    "other_renewable_twh": ["biofuel_twh", "other_renewable_excl_biofuel_twh"],
}
GENERATION = pl.col("fossil_twh") + pl.col("low_carbon_twh")
# Figures are published to 0.01 TWh, so eight rounded leaves can be 0.04 TWh off without any fault.
SLACK_TWH = 0.05


def _beyond(share: float, was: pl.Expr, now: pl.Expr) -> pl.Expr:
    return (now - was).abs() > pl.max_horizontal(pl.lit(SLACK_TWH), share * was.abs())


def _comparable(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.drop_nulls([*LEAVES, "fossil_twh", "low_carbon_twh"])


def _unbalanced(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return _comparable(frame).filter(_beyond(0.02, GENERATION, pl.sum_horizontal(LEAVES)))


def _widely_unbalanced(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    comparable, rows = _comparable(frame), _unbalanced(frame, previous, known_at)
    too_many = rows.height > 0.05 * comparable.height
    too_few_to_tell = comparable.height < 0.5 * frame.height
    if too_few_to_tell:
        return pl.DataFrame({"n_rows": [frame.height], "n_comparable": [comparable.height]})
    return rows if too_many else rows.clear()


def _slipped_units(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    found = []
    for whole, parts in WHOLES.items():
        known = frame.drop_nulls([whole, *parts])
        total, sum_of_parts = float(known[whole].sum()), sum(float(known[part].sum()) for part in parts)
        if abs(sum_of_parts - total) > max(0.02 * total, SLACK_TWH):
            found.append({"whole": whole, "total_twh": total, "sum_of_parts_twh": sum_of_parts})
    return pl.DataFrame(found)


def _implied_population(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    known = frame.filter(pl.col("per_capita_kwh") > 0)
    people = known.select((GENERATION * 1e9 / pl.col("per_capita_kwh")).sum()).item()
    # The smallest real edition, 78 countries, holds 6.2 billion people.
    return pl.DataFrame({"implied_people": [people]} if not 3e9 < people < 12e9 else {"implied_people": []})


def _intensity_scale(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    median = frame["carbon_intensity_gco2_kwh"].median()
    inside = isinstance(median, float) and 100 <= median <= 700
    return pl.DataFrame({"median_gco2_kwh": [] if inside else [median]})


def _closed(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    """Rows of closed years that the edition before had too, with its generation as `previous_twh`."""
    if previous is None:
        return frame.clear().with_columns(previous_twh=pl.lit(None, pl.Float64))
    before = previous.select("country_code", "year", previous_twh=GENERATION)
    return frame.filter(pl.col("year") < known_at.year).join(before, on=["country_code", "year"])


def _moved(share: float) -> pl.Expr:
    return _beyond(share, pl.col("previous_twh"), GENERATION)


def _revised(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    return _closed(frame, previous, known_at).filter(_moved(0.01) & ~_moved(0.30))


def _rewritten(frame: pl.DataFrame, previous: pl.DataFrame | None, known_at: date) -> pl.DataFrame:
    return _closed(frame, previous, known_at).filter(_moved(0.30))


RULES = [
    year_not_in_future("year"),
    Rule(
        "fuels_sum_to_total", "warn",
        "the eight fuels add up to fossil plus low carbon within 2 % or 0.05 TWh",
        "Use fossil plus low carbon as the total; report the country upstream.",
        _unbalanced,
    ),
    Rule(
        "fuels_sum_broadly", "block",
        "the fuels are all known in half of the rows, and add up in 95 % of those",
        "A column changed its unit or its meaning: compare the bytes with the edition before.",
        _widely_unbalanced,
    ),
    Rule(
        "units_consistent", "block",
        "over all countries, each published total is within 2 % of its published parts",
        "A column slipped to another unit: compare the bytes with the edition before.",
        _slipped_units,
    ),
    Rule(
        "implied_population", "block",
        "generation over generation per person gives 3 to 12 billion people",
        "Generation or the per-person column is in another unit: compare with the edition before.",
        _implied_population,
    ),
    Rule(
        "intensity_scale", "block",
        "the median carbon intensity is 100 to 700 gCO2/kWh",
        "The column is in kg or t, or is another measure: read the publisher's notes.",
        _intensity_scale,
    ),
    Rule(
        "closed_year_rewritten", "quarantine_rows",
        "generation of a closed year moved by no more than 30 % since the edition before",
        "Find the publisher's note on the revision; release the load when it is real.",
        _rewritten,
    ),
    Rule(
        "closed_year_revised", "warn",
        "generation of a closed year moved by no more than 1 % since the edition before",
        "Nothing: the revision is kept, both figures stay readable in core_electricity.",
        _revised,
    ),
]  # fmt: skip
