"""What a section tells of its country, and which countries have none."""

from dataclasses import dataclass
from typing import Any

from orchestration.report.facts import Facts, Row, sources_of
from orchestration.report.figures import SHARE, Figure
from orchestration.report.metrics import MW, STAGES, bounds, capacity

# What a country with a section of its own has at least one row of.
OF_AI = ("mart_country_capacity", "mart_country_programme", "mart_platform_dependency", "mart_data_center_load")
LAYERS = {
    "asset_owner": "Owner of buildings and power", "developer": "Developer", "operator": "Operator",
    "compute_owner": "Owner of the accelerators", "offtaker": "User of the capacity",
    "model_provider": "Provider of models", "financier": "Financier", "chip_vendor": "Maker of the chips",
}  # fmt: skip
TWH, CARBON = "TWh", "gCO₂/kWh"


@dataclass(frozen=True)
class Stage:
    """Capacity in one stage, beside the figure of another source that is not added to it."""

    name: str
    figure: Figure
    n_phases: int
    alternative: Figure | None


@dataclass(frozen=True)
class Dependence:
    """Who holds one layer, as bounds."""

    layer: str
    basis: str
    of_us: Figure
    foreign: Figure
    home: str | None
    top_home: Figure
    organisation: str | None
    top_organisation: Figure
    grade: str | None
    source_id: str | None


@dataclass(frozen=True)
class Country:
    """All a section shows. `power` holds pairs of a label and a figure, `rows` what is shown as the marts have it."""

    iso3: str
    profile: Row
    stages: list[Stage]
    outlook: list[tuple[int, Figure, Figure]]
    power: list[tuple[str, Figure]]
    dependence: list[Dependence]
    rows: dict[str, list[Row]]
    sources: list[str]


def country(facts: Facts, profile: Row, names: dict[str, str]) -> Country:
    """Return what is known of the country of a profile."""
    iso3 = profile["iso3"]
    rows = {table: facts.of(table, iso3) for table in facts.tables if _is_by_country(facts, table)}
    organisations = {row["party_id"]: row["party_name"] for row in facts.tables["mart_platform_share"]}
    by_stage = {row["stage"]: row for row in rows["mart_country_capacity"]}
    return Country(
        iso3,
        profile,
        [_stage(by_stage[stage]) for stage in STAGES if stage in by_stage],
        [_outlook(row) for row in rows["mart_capacity_outlook"]],
        _power(profile, rows["mart_country_power"]),
        _dependence(rows["mart_platform_dependency"], names, organisations),
        rows,
        sorted(sources_of(row for table in rows.values() for row in table)),
    )


def has_section(facts: Facts) -> set[str]:
    """Return the countries of which more is known than their power system."""
    told = {row["iso3"] for table in OF_AI for row in facts.tables[table]}
    return told | {row["iso3"] for row in facts.tables["mart_announcement_ledger"] if row["iso3"]}


def has_power(profile: Row) -> bool:
    """Whether anything is known of a country's electricity."""
    return any(profile[column] is not None for column in ("generation_twh", "demand_twh", "ci_avg_gco2_kwh"))


def _is_by_country(facts: Facts, table: str) -> bool:
    return all("iso3" in row for row in facts.tables[table])


def _stage(row: Row) -> Stage:
    alternative = Figure(
        row["alternative_central_mw"], row["alternative_low_mw"], row["alternative_high_mw"], MW,
        source_id=row["alternative_source_id"],
    )  # fmt: skip
    name = str(row["stage"]).replace("_", " ")
    return Stage(name, capacity(row), row["n_phases"], alternative if alternative.ends else None)


def _outlook(row: Row) -> tuple[int, Figure, Figure]:
    likely = Figure(
        row["online_central_mw"], row["online_low_mw"], row["online_high_mw"], MW, row["grade"], row["source_id"],
        "odds mostly assumed" if row["is_prior"] else "",
    )  # fmt: skip
    return row["horizon"].year, likely, Figure(row["pipeline_mw"], unit=MW)


def _power(profile: Row, of_year: list[Row]) -> list[tuple[str, Figure]]:
    """Return the figures of the power system that are known."""
    grade = profile["power_grade"]
    told = [
        ("Generation", Figure(profile["generation_twh"], unit=TWH, grade=grade,
                              source_id=profile["generation_source_id"], note=_year(profile["generation_year"]))),
        ("Demand", Figure(profile["demand_twh"], unit=TWH, grade=grade, source_id=profile["demand_source_id"],
                          note=_year(profile["demand_year"]))),
        ("Carbon intensity, average", Figure(profile["ci_avg_gco2_kwh"], unit=CARBON, grade=grade,
                                             source_id=profile["ci_source_id"], note=_year(profile["ci_year"]))),
    ]  # fmt: skip
    for row in of_year:
        year, grade, source = _year(row["year"]), row["grade"], row["source_id"]
        of_ai = row["ai_grade"], row["ai_source_id"]
        told += [
            ("Carbon intensity, lowest to highest", Figure(None, row["ci_low_gco2_kwh"], row["ci_high_gco2_kwh"],
                                                           CARBON, grade, source, year)),
            ("Peak demand, estimated", _ranged(row, "peak_demand_mw", MW, grade, profile["demand_source_id"], year)),
            ("Firm headroom over peak and reserve", _ranged(row, "firm_headroom_mw", MW, grade, source, year)),
            ("Electricity of AI that runs", _ranged(row, "ai_twh", TWH, *of_ai, "a year")),
            ("AI share of demand", _ranged(row, "ai_share_demand", SHARE, *of_ai, f"load now, demand of {year}")),
            ("Price for large users", Figure(row["price_usd_mwh"], unit="USD/MWh", grade=grade, source_id=source,
                                             note=str(row["price_period"] or ""))),
        ]  # fmt: skip
    return [(label, figure) for label, figure in told if figure.ends]


def _ranged(row: Row, name: str, unit: str, grade: str | None, source_id: str | None, note: str) -> Figure:
    low, central, high = (row[f"{name}_{end}"] for end in ("low", "central", "high"))
    return Figure(central, low, high, unit, grade, source_id, note)


def _dependence(rows: list[Row], names: dict[str, str], organisations: dict[str, str]) -> list[Dependence]:
    """Return the layers of which anything is known, by megawatts where the country has any, else by phases."""
    has_mw = any(row["weight_basis"] == "facility_mw" for row in rows)
    by_layer = {row["layer"]: row for row in rows if (row["weight_basis"] == "facility_mw") == has_mw}
    told = []
    for layer, words in LAYERS.items():
        row: dict[str, Any] = by_layer.get(layer, {})
        if not row or (row["unknown_share"] or 0) >= 1:
            continue
        home, organisation = row["top_home_iso3"], row["top_org_id"]
        told.append(
            Dependence(
                words,
                "megawatts" if has_mw else "phases",
                bounds(row, "us_min", "us_max"),
                bounds(row, "foreign_min", "foreign_max"),
                names.get(home, home),
                bounds(row, "top_home_min", "top_home_max"),
                organisations.get(organisation, organisation),
                bounds(row, "top_org_min", "top_org_max"),
                row["grade"],
                row["source_id"],
            )
        )
    return told


def _year(year: int | None) -> str:
    return "" if year is None else str(year)


def programme_words(programme: str | None) -> str:
    """Return a family of programmes as a reader knows it."""
    known = {
        "openai_for_countries": "OpenAI for Countries", "nvidia_sovereign": "NVIDIA sovereign AI",
        "stargate_us": "Stargate (US)", "sovereign_ai_vendor": "Sovereign AI vendors",
        "government_programme": "Government programmes", "other_model_lab": "Other model labs",
        "china_stack": "Chinese vendors", "hyperscaler": "Hyperscalers",
    }  # fmt: skip
    return known.get(programme or "", (programme or "unknown").replace("_", " "))
