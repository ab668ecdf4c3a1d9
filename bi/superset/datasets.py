"""What the dashboard asks of the marts: its datasets.

Descriptions and types of columns are those of the dbt project; only columns made here tell theirs. Every dataset reads
the schema `marts` of PostgreSQL, and of marts with histories the newest figures, unless its name says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

MODELS = Path(__file__).parents[2] / "dbt_project" / "models" / "marts"


@dataclass(frozen=True)
class Dataset:
    """A query over the marts.

    All columns of `mart` are in it, described by the dbt project, and those of `own`: name to type, description and,
    where a mart is read, the SQL that makes it. Without a mart `sql` is the whole query.
    """

    name: str
    about: str
    mart: str = ""
    where: str = "m.is_latest"
    sql: str = ""
    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@cache
def described(mart: str) -> dict[str, tuple[str, str]]:
    """Return the columns of a mart as the dbt project has them: name to type and description."""
    declared = yaml.safe_load((MODELS / f"{mart}.yml").read_text())
    model = next(one for one in declared["models"] if one["name"] == mart)
    return {column["name"]: (column["data_type"], column["description"]) for column in model["columns"]}


def _of(mart: str, *columns: str) -> dict[str, tuple[str, str]]:
    """Return columns that a query takes from a mart as they are."""
    return {column: described(mart)[column] for column in columns}


COUNTRY = {
    "country": ("varchar", "English name of the country; its code where it has none.", "coalesce(c.name, m.iso3)")
}
LINK = {
    "link": (
        "varchar",
        "Where it can be checked, as a link.",
        """case when m.source_url ~ '^https?://'
    then '<a href="' || replace(replace(m.source_url, '"', '%22'), '<', '%3C') || '" target="_blank" rel="noopener">'
        || replace(substring(m.source_url from '^https?://(?:www\\.)?([^/?#]+)'), '<', '') || '</a>'
    end""",
    ),
}
HOMEPAGE_LINK = """case when s.homepage ~ '^https?://'
        then '<a href="' || replace(replace(s.homepage, '"', '%22'), '<', '%3C')
            || '" target="_blank" rel="noopener">open</a>' end"""
STAGE = {
    "stage_in_order": (
        "varchar",
        "Stage with its place on the ladder before it; paused and cancelled stand beside it.",
        """case m.stage when 'rumoured' then '1 rumoured' when 'announced' then '2 announced'
        when 'committed' then '3 committed' when 'under_construction' then '4 under construction'
        when 'operational' then '5 operational' when 'paused' then '6 paused'
        when 'cancelled' then '7 cancelled' end""",
    ),
}

OPERATIONAL = "Operational AI capacity, MW"
DATASETS = [
    Dataset(
        "Figures for the map",
        "One row per figure and country that has it. A country without a row has no known figure, which is not zero.",
        sql=f"""\
with figure as (
    select '{OPERATIONAL}' as figure, iso3, v_central_mw as value, v_low_mw as low, v_high_mw as high, grade, source_id
    from marts.mart_country_capacity where is_latest and stage = 'operational'
    union all
    select 'Pipeline expected to run by the end of 2030, MW', iso3, online_central_mw, online_low_mw, online_high_mw,
        grade, source_id
    from marts.mart_capacity_outlook where is_latest and horizon = '2030-12-31'
    union all
    select 'AI share of electricity demand, %', iso3, 100 * ai_share_demand_central, 100 * ai_share_demand_low,
        100 * ai_share_demand_high, ai_grade, ai_source_id
    from marts.mart_country_power where is_latest
    union all
    -- Where nobody is named the share lies between nothing and all: that is no figure. A count of deals is none either.
    select 'AI megawatts, running and planned, known to be run by US operators, %', iso3,
        case when us_min > 0 or us_max < 1 then 100 * us_min end, 100 * us_min, 100 * us_max, grade, source_id
    from marts.mart_platform_dependency
    where is_latest and layer = 'operator' and stage_set = 'pipeline_and_operational' and weight_basis = 'facility_mw'
    union all
    select 'Parts of the OpenAI package announced, of 4', iso3, pkg_announced, pkg_announced, pkg_announced, grade,
        source_id
    from marts.mart_country_programme where is_latest and programme = 'openai_for_countries'
    union all
    select 'Parts of the OpenAI package delivered, of 4', iso3, pkg_delivered, pkg_delivered, pkg_delivered, grade,
        source_id
    from marts.mart_country_programme where is_latest and programme = 'openai_for_countries'
)
select f.figure, f.iso3, coalesce(c.name, f.iso3) as country, f.value, f.low, f.high, f.grade, f.source_id
from figure as f left join marts.dim_country as c on c.iso3 = f.iso3
where f.value is not null""",
        own={
            "figure": ("varchar", "Figure with its unit."),
            "iso3": ("varchar", "ISO 3166-1 alpha-3 code of the country."),
            "country": ("varchar", "English name of the country."),
            "value": ("double", "Central figure; of US operators the share that is known to be theirs."),
            "low": ("double", "Low end of the figure."),
            "high": ("double", "High end of the figure; of US operators the share that can be theirs."),
            "grade": ("varchar", "Confidence, A best to E worst."),
            "source_id": ("varchar", "Sources of the figure, joined by '; '."),
        },
    ),
    Dataset(
        "Build",
        "The build that the marts are of.",
        sql="select distinct obj_description('marts'::regnamespace) as build from marts.dim_source",
        own={"build": ("varchar", "Name of the build, and the day by which all in it was known.")},
    ),
    Dataset("Capacity by stage", "AI capacity by country and stage.", "mart_country_capacity", own=COUNTRY | STAGE),
    Dataset("Outlook", "What of the pipeline is likely to run.", "mart_capacity_outlook", own=COUNTRY),
    Dataset(
        "Events",
        "Every event of the ledger. Events restate each other: their figures are never added.",
        "mart_announcement_ledger",
        where="true",
        own={
            "country": ("varchar", "English name of the country, else the scope.", "coalesce(c.name, m.scope)"),
            **LINK,
            "investment_bn_usd": ("double", "Money named, billion USD; never to be added.", "m.investment_usd / 1e9"),
        },
    ),
    Dataset(
        "Power and AI load",
        "Electricity of the latest year with known demand, of countries with AI load or pipeline.",
        "mart_country_power",
        where="m.is_latest and m.ai_as_of is not null",
        own=COUNTRY
        | {
            "ai_share_demand_pct": ("double", "AI share of demand, central, %.", "100 * m.ai_share_demand_central"),
            "ai_share_demand_low_pct": ("double", "AI share of demand, low, %.", "100 * m.ai_share_demand_low"),
            "ai_share_demand_high_pct": ("double", "AI share of demand, high, %.", "100 * m.ai_share_demand_high"),
            "place": (
                "bigint",
                "Place by AI share of demand, then by pipeline; unknown comes last.",
                """\
row_number() over (order by m.ai_share_demand_central desc nulls last, m.pipeline_mw desc nulls last)""",
            ),
            "ai_share_peak_pct": ("double", "AI share of peak demand, central, %.", "100 * m.ai_share_peak_central"),
            "stress": (
                "varchar",
                "Country and quadrant: AI of 1 % of demand or more, grid of 400 gCO2/kWh or more.",
                """\
coalesce(c.name, m.iso3) || case when m.ai_share_demand_central is null or m.ci_avg_gco2_kwh is null then ': unknown'
    else case when m.ai_share_demand_central >= 0.01 then ': ≥ 1 %, ' else ': < 1 %, ' end
        || case when m.ci_avg_gco2_kwh >= 400 then '≥ 400 g' else '< 400 g' end end""",
            ),
            "grid": (
                "varchar",
                "Whether the grid emits 400 gCO2/kWh or more on average.",
                """\
case when m.ci_avg_gco2_kwh >= 400 then '400 gCO2/kWh or more' when m.ci_avg_gco2_kwh < 400 then 'Below 400 gCO2/kWh'
    else 'Unknown' end""",
            ),
        },
    ),
    Dataset(
        "Generation by fuel",
        "Electricity generated by country, year and fuel, coal to wind, since 2000, where one source tells them all.",
        sql="""\
select p.iso3, c.name as country, make_date(p.year::int, 1, 1) as year, f.fuel, f.twh, p.mix_source_id as source_id
from marts.mart_country_power as p
join marts.dim_country as c on c.iso3 = p.iso3
cross join lateral (values ('Coal', p.coal_twh), ('Gas', p.gas_twh), ('Oil', p.oil_twh), ('Nuclear', p.nuclear_twh),
    ('Hydro', p.hydro_twh), ('Solar', p.solar_twh), ('Wind', p.wind_twh)) as f (fuel, twh)
where p.is_latest and p.year >= 2000 and p.mix_source_id is not null and f.twh is not null""",
        own={
            "iso3": ("varchar", "ISO 3166-1 alpha-3 code of the country."),
            "country": ("varchar", "English name of the country."),
            "year": ("date", "First day of the year."),
            "fuel": ("varchar", "Fuel."),
            "twh": ("double", "Electricity generated from it, TWh."),
            "source_id": ("varchar", "Source of generation by fuel."),
        },
    ),
    Dataset(
        "Dependence by layer",
        "On whom a country's AI capacity, running and planned, depends: by megawatts if any are known, else by phases.",
        "mart_platform_dependency",
        where="""m.is_latest and m.stage_set = 'pipeline_and_operational' and (m.iso3, m.layer, m.weight_basis) in (
    select iso3, layer, min(weight_basis) from marts.mart_platform_dependency
    where is_latest and stage_set = 'pipeline_and_operational' group by iso3, layer)""",
        own=COUNTRY
        | {
            "domestic_min": ("double", "Share known to be of the country's own, 0 to 1.", "1 - m.foreign_max"),
            "other_min": (
                "double",
                "Share known to be foreign, neither American nor Chinese, 0 to 1.",
                """\
greatest(0, 1 - m.unknown_share - (1 - m.foreign_max) - case when m.iso3 = 'USA' then 0 else m.us_min end
    - case when m.iso3 = 'CHN' then 0 else m.cn_min end)""",
            ),
        },
    ),
    Dataset(
        "Host and control",
        "Where the world's known AI capacity stands and who has which role in it: newest figures, by megawatts.",
        "mart_global_concentration",
        where="""m.is_latest and m.panel = 'all' and m.weight_basis = 'facility_mw'
    and m.stage_set = 'pipeline_and_operational'""",
    ),
    Dataset(
        "Host and control over time",
        "The same as it was known at the end of each month.",
        "mart_global_concentration",
        where="""m.history = 'as_known' and m.panel = 'all' and m.weight_basis = 'facility_mw'
    and m.stage_set = 'pipeline_and_operational'""",
    ),
    Dataset("Programmes", "How far each programme got.", "mart_country_programme", own=COUNTRY),
    Dataset(
        "Profile",
        "The profile of a country, a figure a row.",
        sql="""\
select p.iso3, p.name as country, r.place, r.figure, r.value, r.range_of, r.unit, r.day, r.grade
from marts.mart_country_profile as p
left join (
    select iso3, max(grade) filter (where stage = 'operational') as operational_grade,
        max(grade) filter (where stage = 'under_construction') as under_construction_grade,
        max(grade) filter (where stage = 'committed') as committed_grade,
        max(grade) filter (where stage = 'announced') as announced_grade
    from marts.mart_country_capacity where is_latest and v_central_mw is not null group by iso3
) as g on g.iso3 = p.iso3
cross join (select vintage_known_at::text as census from marts.dim_source where source_id = 'cloud_regions') as n
cross join lateral (values
    (1, 'Population', to_char(p.population, 'FM999,999,999,999'), null, 'people', p.population_year::text, null),
    (2, 'GDP', to_char(p.gdp_usd / 1e9, 'FM999,999,990.0'), null, 'bn USD', p.gdp_year::text, null),
    (3, 'Electricity generated', to_char(p.generation_twh, 'FM999,990.0'), null, 'TWh', p.generation_year::text,
        p.power_grade),
    (4, 'Electricity demand', to_char(p.demand_twh, 'FM999,990.0'), null, 'TWh', p.demand_year::text, p.power_grade),
    (5, 'Carbon intensity', to_char(p.ci_avg_gco2_kwh, 'FM999,990'), null, 'gCO2/kWh', p.ci_year::text, p.power_grade),
    (6, 'AI capacity operational', to_char(p.operational_central_mw, 'FM999,990'),
        to_char(p.operational_low_mw, 'FM999,990') || ' – ' || to_char(p.operational_high_mw, 'FM999,990'), 'MW',
        p.known_at::text, g.operational_grade),
    (7, 'AI capacity under construction', to_char(p.under_construction_central_mw, 'FM999,990'),
        to_char(p.under_construction_low_mw, 'FM999,990') || ' – '
        || to_char(p.under_construction_high_mw, 'FM999,990'), 'MW', p.known_at::text, g.under_construction_grade),
    (8, 'AI capacity committed', to_char(p.committed_central_mw, 'FM999,990'),
        to_char(p.committed_low_mw, 'FM999,990') || ' – ' || to_char(p.committed_high_mw, 'FM999,990'), 'MW',
        p.known_at::text, g.committed_grade),
    (9, 'AI capacity announced', to_char(p.announced_central_mw, 'FM999,990'),
        to_char(p.announced_low_mw, 'FM999,990') || ' – ' || to_char(p.announced_high_mw, 'FM999,990'), 'MW',
        p.known_at::text, g.announced_grade),
    (10, 'OpenAI for Countries', p.openai_stage_label, null, 'stage', p.known_at::text, p.openai_grade),
    (11, 'Package announced, contracted, delivered',
        p.openai_pkg_announced || ', ' || p.openai_pkg_contracted || ', ' || p.openai_pkg_delivered, null,
        'parts of 4', p.known_at::text, p.openai_grade),
    (12, 'Cloud regions in the census', p.n_cloud_regions::text, null, 'regions', n.census, p.sovereignty_grade),
    (13, 'Home of cloud providers in the census', p.l2_providers, null, null, n.census, p.sovereignty_grade)
) as r (place, figure, value, range_of, unit, day, grade)""",
        own={
            "iso3": ("varchar", "ISO 3166-1 alpha-3 code of the country."),
            "country": ("varchar", "English name of the country."),
            "place": ("bigint", "Place of the row."),
            "figure": ("varchar", "What is told."),
            "value": ("varchar", "Central figure or word; empty where unknown."),
            "range_of": ("varchar", "Low and high figure."),
            "unit": ("varchar", "Unit."),
            "day": ("varchar", "Year or day the figure is about."),
            "grade": ("varchar", "Confidence, A best to E worst."),
        },
    ),
    Dataset(
        "Sources of a country",
        "The sources behind the profile of a country.",
        sql=f"""\
select p.iso3, p.name as country, s.source_id, s.name as source, s.publisher, s.tier, s.vintage_known_at, s.licence_id,
    s.attribution,
    {HOMEPAGE_LINK} as link
from marts.mart_country_profile as p
cross join lateral unnest(string_to_array(p.source_ids, '; ')) as o (source_id)
join marts.dim_source as s on s.source_id = o.source_id""",
        own={
            "iso3": ("varchar", "ISO 3166-1 alpha-3 code of the country."),
            "country": ("varchar", "English name of the country."),
            **_of("dim_source", "source_id"),
            "source": ("varchar", "Name of the source."),
            **_of("dim_source", "publisher", "tier", "vintage_known_at", "licence_id", "attribution"),
            "link": ("varchar", "Address of the source, as a link."),
        },
    ),
    Dataset(
        "Sources today",
        "Every source as it stood on its last day.",
        sql=f"""\
select distinct on (s.source_id) s.source_id, s.name as source, s.publisher, s.tier, s.history_class, s.cadence, t.day,
    t.status, t.is_stale, t.content_max_period, t.content_age_days, s.vintage_known_at, s.n_rows, s.licence_id,
    s.attribution, t.message,
    {HOMEPAGE_LINK} as link
from marts.dim_source as s left join marts.mart_source_calendar as t on t.source_id = s.source_id
order by s.source_id, t.day desc""",
        own={
            **_of("dim_source", "source_id"),
            "source": ("varchar", "Name of the source."),
            **_of("dim_source", "publisher", "tier", "history_class", "cadence"),
            **_of("mart_source_calendar", "day", "status", "is_stale", "content_max_period", "content_age_days"),
            **_of("dim_source", "vintage_known_at", "n_rows", "licence_id", "attribution"),
            **_of("mart_source_calendar", "message"),
            "link": ("varchar", "Address of the source, as a link."),
        },
    ),
]
