"""What the page is made of: rows of the published marts, less what may not be handed on."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.errors import AtlasError

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]


@dataclass(frozen=True)
class Read:
    """The columns of a mart that the page shows, and which rows of it, in which order."""

    columns: str
    rows: str


READS = {
    "mart_country_profile": Read(
        "iso3, name, region, subregion, income_level, population, population_year, generation_twh, generation_year, "
        "generation_source_id, demand_twh, demand_year, demand_source_id, ci_avg_gco2_kwh, ci_year, ci_source_id, "
        "n_cloud_regions, power_grade, source_ids",
        "order by strip_accents(coalesce(name, iso3)), iso3",
    ),
    "mart_country_capacity": Read(
        "iso3, stage, v_low_mw, v_central_mw, v_high_mw, n_phases, n_phases_without_mw, alternative_low_mw, "
        "alternative_central_mw, alternative_high_mw, alternative_source_id, source_id, grade",
        "where is_latest order by iso3, stage",
    ),
    "mart_capacity_outlook": Read(
        "iso3, horizon, pipeline_mw, online_low_mw, online_central_mw, online_high_mw, n_phases, n_phases_without_mw, "
        "is_prior, source_id, grade",
        "where is_latest order by iso3, horizon",
    ),
    "mart_country_power": Read(
        "iso3, year, peak_demand_mw_low, peak_demand_mw_central, peak_demand_mw_high, firm_headroom_mw_low, "
        "firm_headroom_mw_central, firm_headroom_mw_high, ci_low_gco2_kwh, ci_high_gco2_kwh, ai_twh_low, "
        "ai_twh_central, ai_twh_high, ai_share_demand_low, ai_share_demand_central, ai_share_demand_high, "
        "ai_source_id, ai_grade, price_usd_mwh, price_period, source_id, grade",
        # The load of AI stands beside the newest known demand and nowhere else.
        "where is_latest and demand_twh is not null "
        "qualify row_number() over (partition by iso3 order by year desc) = 1 order by iso3",
    ),
    "mart_data_center_load": Read(
        "iso3, official_year, official_publisher, official_method, official_twh_low, official_twh_central, "
        "official_twh_high, official_share_pct, official_share_of, official_url, official_grade, source_id",
        "where is_latest and iso3 is not null and official_publisher is not null "
        "order by iso3, official_year, official_publisher",
    ),
    "mart_country_programme": Read(
        "iso3, programme, current_stage, stage_label, pkg_announced, pkg_contracted, pkg_delivered, "
        "sovereign_guarantee, n_chains_paused, n_chains_left, source_id, grade",
        "where is_latest order by iso3, programme",
    ),
    "mart_platform_dependency": Read(
        "iso3, layer, weight_basis, us_min, us_max, foreign_min, foreign_max, unknown_share, top_home_iso3, "
        "top_home_min, top_home_max, top_org_id, top_org_min, top_org_max, source_id, grade",
        "where is_latest and stage_set = 'pipeline_and_operational' order by iso3, layer, weight_basis",
    ),
    "mart_platform_share": Read(
        "distinct party_id, party_name, source_id",
        "where is_latest and party_kind = 'organisation' and party_name is not null order by all",
    ),
    "mart_sovereignty_profile": Read(
        "iso3, l2_providers, n_regions, providers, snapshot_date, source_id, grade",
        "where is_latest order by iso3",
    ),
    "mart_announcement_ledger": Read(
        "announcement_id, event_date, date_precision, iso3, programme, program, event_type, stage, lead_vendor, "
        "capacity_mw_announced, investment_usd, investment_qualifier, status_reason, parent_announcement_id, "
        "is_umbrella, source_url, source_id, grade",
        "order by event_date, announcement_id",
    ),
    "mart_source_calendar": Read(
        "source_id, day, status, is_stale",
        "where day = (select max(day) from mart_source_calendar) order by source_id",
    ),
    "dim_source": Read(
        "source_id, name, homepage, licence_id, licence_url, attribution, is_redistributable, "
        "is_share_alike, tier, vintage_known_at, vintage_edition, period_max",
        "order by source_id",
    ),
    "ref_table_licence": Read("table_name, source_id, is_redistributable", "order by table_name, source_id"),
}
# They tell of sources, not of what sources say.
ABOUT_SOURCES = ("mart_source_calendar", "dim_source", "ref_table_licence")


@dataclass(frozen=True)
class Facts:
    """Rows by table, the sources those tables rest on, and how many rows were left out for their licence."""

    tables: dict[str, list[Row]]
    sources: dict[str, Row]
    n_left_out: dict[str, int]

    def of(self, table: str, iso3: str) -> list[Row]:
        """Return the rows of a table about a country."""
        return [row for row in self.tables[table] if row["iso3"] == iso3]


def read(con: "duckdb.DuckDBPyConnection") -> Facts:
    """Return what the page is made of.

    Raises AtlasError where the build lacks a table or column, or where a table rests on a source that may not be handed
    on. A row that names such a source, or one that nobody tells the licence of, is left out.
    """
    tables = {name: _rows(con, name, read_) for name, read_ in READS.items()}
    shown = [name for name in READS if name not in ABOUT_SOURCES]
    rests_on = [row for row in tables["ref_table_licence"] if row["table_name"] in shown]
    if barred := [row for row in rests_on if not row["is_redistributable"]]:
        told = ", ".join(f"{row['table_name']} ({row['source_id']})" for row in barred[:5])
        raise AtlasError(
            f"No report was written: every table of it has to rest on sources that may be handed on; {told} does not. "
            "Build again with code whose tests pass, and run `atlas refresh`."
        )
    may_be_told = {row["source_id"] for row in tables["dim_source"] if row["is_redistributable"]}
    left_out: Counter[str] = Counter()
    for name in shown:
        kept = [row for row in tables[name] if sources_of([row]) <= may_be_told]
        left_out[name] = len(tables[name]) - len(kept)
        tables[name] = kept
    named = {row["source_id"] for row in rests_on}.union(*(sources_of(tables[name]) for name in shown))
    sources = {row["source_id"]: row for row in tables["dim_source"] if row["source_id"] in named & may_be_told}
    return Facts(tables, sources, {name: number for name, number in left_out.items() if number})


def sources_of(rows: Iterable[Row]) -> set[str]:
    """Return the sources that rows name, in whatever column."""
    return {
        source_id
        for row in rows
        for column, value in row.items()
        if column.endswith(("source_id", "source_ids")) and value
        for source_id in str(value).split("; ")
    }


def names_of_countries(facts: Facts) -> dict[str, str]:
    """Return the name of each country by iso3, in the order of names; the code where no name is known."""
    return {row["iso3"]: row["name"] or row["iso3"] for row in facts.tables["mart_country_profile"]}


def _rows(con: "duckdb.DuckDBPyConnection", table: str, read_: Read) -> list[Row]:
    import duckdb

    try:
        relation = con.execute(f"select {read_.columns} from {table} {read_.rows}")
        names: Sequence[str] = [column[0] for column in relation.description or ()]
        return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]
    except duckdb.Error as error:
        told = str(error).splitlines()[0]
        raise AtlasError(
            f"No report was written: {table} of the published build is not what this code reads ({told}). "
            "Run `atlas refresh`, then try again."
        ) from None
