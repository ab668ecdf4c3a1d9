"""The units of columns, told by their names."""

import re

NUMERIC = re.compile(r"(tinyint|smallint|integer|bigint|hugeint|float|double|decimal)\b")
# What a name means wherever it stands: units end names, counts begin with n_.
UNITS = {
    r"^n_": "count", r"_mw_per_year$": "MW a year", r"_twh_per_year$": "TWh a year", r"_mtco2_": "MtCO2 a year",
    r"_usd_mwh$": "USD/MWh", r"_eur_mwh$": "EUR/MWh", r"^build_years_": "years",
    r"_ratio(_|$)|^price_rel_": "ratio", r"^usd_per_eur$": "USD per EUR",
    r"_pct$": "percent", r"_mw(_|$)": "MW", r"_gw$": "GW", r"_twh(_|$)": "TWh", r"_gco2_kwh$": "gCO2/kWh",
    r"_usd$": "USD",
    r"_deg$": "degrees", r"_days$": "days", r"(^|_)year$": "year", r"(^|_)share(_|$)": "share, 0 to 1",
    r"(^|_)n_": "count", r"^gpu_count$": "accelerators", r"^population$": "people", r"_score$": "score, 0 to 1",
    r"^rel_": "share of the earlier value", r"(_|^)stage$": "number of the stage, see ref_programme_stage",
    r"^p[1-4]_|maturity$": "0 none, 1 announced, 2 contracted, 3 delivered",
    r"(^|_)pkg_": "parts of the package, 0 to 4",
    r"^(rank|tier|spell|recency_\w+)$": "rank, 1 first", r"^buildings_": "buildings",
    r"^mw_": "MW", r"^p(05|50|95)$": "share, 0 to 1", r"_months$": "months",
    r"^(prev_value|value|low|high|\w+_median)$": "unit of the row's metric",
    r"^investment_amount$": "unit of investment_currency",
    r"_id$": "identifier", r"^attempts$": "count", r"_0_100$": "0 to 100",
    r"^stated(_|$)": "-1 to 1", r"^hedging$": "0 to 1", r"^revealed_\w+_(min|max)$": "share, 0 to 1",
    r"^(estimate|standard_error)$": "standard normal units",
    r"^hhi_": "0 to 10,000", r"^(us|cn|foreign|top_home|top_org|us_world)_(min|max|of_known)$": "share, 0 to 1",
    r"_(est|part)$": "share, 0 to 1", r"^total_weight$": "MW, or phases", r"(^|_)rank_": "rank, 1 first",
    r"^(source_tier|corroboration|recency|specificity|agreement)$": "score, 0 to 1",
    r"^v_(central|at_low|at_high)$": "unit of the row's metric", r"^twh_": "TWh",
    r"(^|_)mtco2_": "million tonnes CO2 a year", r"_years(_|$)": "years",
}  # fmt: skip


def unit_of(column: str, kind: str) -> str | None:
    """Return the unit a column's name stands for, or None where it tells none or its type holds no numbers.

    A type that is not told, "", may hold numbers.
    """
    if kind and not NUMERIC.match(kind.lower()):
        return None
    return next((unit for pattern, unit in UNITS.items() if re.search(pattern, column)), None)
