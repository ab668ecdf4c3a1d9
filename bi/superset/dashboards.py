"""What the dashboard shows: its datasets, charts, filters and tabs. `bundle` turns this into Superset's own format.

Descriptions and types of columns are those of the dbt project; only columns made here tell theirs. Every dataset reads
the schema `marts` of PostgreSQL, and of marts with histories the newest figures, unless its name says otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Params = dict[str, Any]
# Colours of words that come back in several charts.
COLOURS = {
    "Low": "#0b3c6f",
    "Low to central": "#3d86bd",
    "On to high": "#b5d3e7",
    "Known American": "#2f6fb0",
    "Known Chinese": "#c8553d",
    "Known domestic": "#3f8f5f",
    "Known of other homes": "#c9a227",
    "Unknown": "#d3d6da",
    "MW stated": "#3d86bd",
    "No MW stated": "#d3d6da",
    "Below 400 gCO2/kWh": "#3f8f5f",
    "400 gCO2/kWh or more": "#7a5c3e",
    "Stands in the United States": "#22262b",
    "Known to be run by Americans": "#2f6fb0",
    "Can be run by Americans": "#9dc3e6",
    "rumoured": "#b9b3a5",
    "announced": "#8fb8de",
    "committed": "#4a90c2",
    "under_construction": "#d98a2b",
    "operational": "#2e7d4f",
    "paused": "#c8553d",
    "cancelled": "#7a2e2e",
    "Coal": "#4d4d4d",
    "Gas": "#b08d57",
    "Oil": "#7a5c3e",
    "Nuclear": "#8e6bb3",
    "Hydro": "#3d86bd",
    "Solar": "#f2c23e",
    "Wind": "#6cc3b5",
}


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


@dataclass(frozen=True)
class Chart:
    """A chart of one dataset: `kind` and `params` in Superset's words. `labels` name the columns a table shows."""

    name: str
    dataset: str
    kind: str
    params: Params
    about: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Filter:
    """A choice of one value of a column, for all charts of a tab."""

    name: str
    dataset: str
    column: str
    default: str
    about: str


@dataclass(frozen=True)
class Tab:
    """A tab: a line on how to read it, and rows of charts with their widths (twelfths) and the height (8 px each)."""

    name: str
    about: str
    rows: Sequence[tuple[int, Sequence[tuple[str, int]]]]
    filters: Sequence[Filter] = ()


def _metric(label: str, sql: str) -> Params:
    return {"expressionType": "SQL", "sqlExpression": sql, "label": label, "hasCustomLabel": True,
            "optionName": f"metric_{label}"}  # fmt: skip


def _where(sql: str) -> list[Params]:
    return [{"expressionType": "SQL", "clause": "WHERE", "sqlExpression": sql}] if sql else []


def _bars(
    x: str,
    metrics: Mapping[str, str],
    unit: str,
    *,
    where: str = "",
    by: str = "",
    n_bars: int = 50,
    digits: str = ",.0f",
    **params: Any,
) -> Params:
    """Return horizontal bars of a category, metrics stacked: in the order of its words, or largest `by` on top."""
    # Superset sorts several bars by a word, a single one by the name of what it shows.
    several = len(metrics) > 1 or "groupby" in params
    sort = ("sum" if by else "name") if several else (next(iter(metrics)) if by else x)
    return {
        "x_axis": x,
        "metrics": [_metric(label, sql) for label, sql in metrics.items()],
        "adhoc_filters": _where(where),
        "orientation": "horizontal",
        "stack": "Stack",
        "x_axis_sort": sort,
        "x_axis_sort_asc": bool(by),
        "sort_series_type": "name",
        "sort_series_ascending": True,
        "timeseries_limit_metric": _metric("By", by) if by else None,
        "order_desc": True,
        "row_limit": n_bars,
        "y_axis_title": unit,
        "y_axis_title_margin": 30,
        "y_axis_title_position": "Left",
        "x_axis_title_margin": 15,
        "y_axis_format": digits,
        "show_legend": True,
        "legendOrientation": "top",
        "rich_tooltip": True,
        "color_scheme": "supersetColors",
        **params,
    }


def _range(where: str, unit: str, low: str, central: str, high: str, x: str = "country", **params: Any) -> Params:
    """Return bars that end at the low, the central and the high figure in three tints of one colour."""
    metrics = {
        "Low": f"sum({low})",
        "Low to central": f"sum({central} - {low})",
        "On to high": f"sum({high} - {central})",
    }
    return _bars(x, metrics, unit, where=where, **params)


def _table(columns: Sequence[str], order_by: Sequence[str] = (), formats: Mapping[str, str] | None = None) -> Params:
    """Return a table of rows as they are. An order starts with `-` where the largest comes first."""
    return {
        "query_mode": "raw",
        "all_columns": list(columns),
        "order_by_cols": [f'["{one.lstrip("-")}", {str(not one.startswith("-")).lower()}]' for one in order_by],
        "row_limit": 1000,
        "server_page_length": 50,
        "include_search": True,
        "show_cell_bars": False,
        "allow_render_html": True,
        "table_timestamp_format": "%Y-%m-%d",
        "color_pn": False,
        "column_config": {name: {"d3NumberFormat": form} for name, form in (formats or {}).items()},
    }


def _bubbles(x: str, y: str, size: str, series: str, titles: tuple[str, str], **params: Any) -> Params:
    return {
        "entity": "country",
        "series": series,
        "x": _metric(titles[0], f"max({x})"),
        "y": _metric(titles[1], f"max({y})"),
        "size": _metric("Size", f"max({size})"),
        "x_axis_label": titles[0],
        "y_axis_label": titles[1],
        "x_axis_title_margin": 30,
        "y_axis_title_margin": 50,
        "y_axis_title_position": "Left",
        "xAxisFormat": ",.0f",
        "tooltipSizeFormat": ",.0f",
        "max_bubble_size": "25",
        "truncateXAxis": False,
        "opacity": 0.75,
        "show_legend": True,
        "legendOrientation": "top",
        "row_limit": 500,
        "color_scheme": "supersetColors",
        **params,
    }


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
        "One row per figure and country that has it. A country without a row has no known figure, which is not nought.",
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
        sql="""\
select p.iso3, p.name as country, s.source_id, s.name as source, s.publisher, s.tier, s.vintage_known_at, s.licence_id,
    s.attribution,
    case when s.homepage ~ '^https?://' then '<a href="' || replace(replace(s.homepage, '"', '%22'), '<', '%3C')
        || '" target="_blank" rel="noopener">open</a>' end as link
from marts.mart_country_profile as p
cross join lateral unnest(string_to_array(p.source_ids, '; ')) as o (source_id)
join marts.dim_source as s on s.source_id = o.source_id""",
        own={
            "iso3": ("varchar", "ISO 3166-1 alpha-3 code of the country."),
            "country": ("varchar", "English name of the country."),
            "source_id": ("varchar", "Stable name of the source."),
            "source": ("varchar", "Name of the source."),
            "publisher": ("varchar", "Who publishes the source."),
            "tier": ("bigint", "Tier of the source: 1 filing or meter, 5 a single unsigned page."),
            "vintage_known_at": ("date", "Publication date of the vintage in force."),
            "licence_id": ("varchar", "SPDX identifier of the licence."),
            "attribution": ("varchar", "Words to credit the source with."),
            "link": ("varchar", "Address of the source, as a link."),
        },
    ),
    Dataset(
        "Sources today",
        "Every source as it stood on its last day.",
        sql="""\
select distinct on (s.source_id) s.source_id, s.name as source, s.publisher, s.tier, s.history_class, s.cadence, t.day,
    t.status, t.is_stale, t.content_max_period, t.content_age_days, s.vintage_known_at, s.n_rows, s.licence_id,
    s.attribution, t.message,
    case when s.homepage ~ '^https?://' then '<a href="' || replace(replace(s.homepage, '"', '%22'), '<', '%3C')
        || '" target="_blank" rel="noopener">open</a>' end as link
from marts.dim_source as s left join marts.mart_source_calendar as t on t.source_id = s.source_id
order by s.source_id, t.day desc""",
        own={
            "source_id": ("varchar", "Stable name of the source."),
            "source": ("varchar", "Name of the source."),
            "publisher": ("varchar", "Who publishes the source."),
            "tier": ("bigint", "Tier of the source: 1 filing or meter, 5 a single unsigned page."),
            "history_class": ("varchar", "What the source can honestly answer about a past day, A to E."),
            "cadence": ("varchar", "How often the source publishes."),
            "day": ("date", "Day it was last asked."),
            "status": ("varchar", "What became of the source on that day."),
            "is_stale": ("boolean", "Whether the content is older than its declaration allows."),
            "content_max_period": ("date", "Last day the content is about."),
            "content_age_days": ("bigint", "Age of the content, days."),
            "vintage_known_at": ("date", "Publication date of the vintage in force."),
            "n_rows": ("bigint", "Rows of the vintage in force."),
            "licence_id": ("varchar", "SPDX identifier of the licence."),
            "attribution": ("varchar", "Words to credit the source with."),
            "message": ("varchar", "What a reader should know about the status."),
            "link": ("varchar", "Address of the source, as a link."),
        },
    ),
]

EVENT_COLUMNS = {
    "event_date": "Day", "country": "Country", "program": "Programme or deal", "event_type": "Kind",
    "phase_stage": "Stage", "lead_vendor": "Lead", "capacity_mw_announced": "MW named",
    "investment_bn_usd": "bn USD named", "grade": "Grade", "link": "Source",
}  # fmt: skip
PIPELINE = "v_central_mw is not null and stage in ('announced', 'committed', 'under_construction', 'operational')"
CHARTS = [
    Chart(
        "World map",
        "Figures for the map",
        "world_map",
        {
            "entity": "iso3",
            "country_fieldtype": "cca3",
            "metric": _metric("Value", "max(value)"),
            "adhoc_filters": [],
            "row_limit": 300,
            "show_bubbles": False,
            "color_by": "metric",
            "linear_color_scheme": "atlas_square_root",
            "y_axis_format": ",.2~f",
        },
        "Grey: no figure is known. Colours follow the square root of the figure, so a giant leaves the rest a colour.",
    ),
    Chart(
        "Ranking with ranges",
        "Figures for the map",
        "echarts_timeseries_bar",
        _range("", "Low, central and high, in the unit of the figure", "low", "value", "high", n_bars=15,
               digits=",.1~f", by="max(value)"),
        "The 15 largest. Each bar ends at the low, the central and the high figure.",
    ),
    Chart(
        "Figures and grades",
        "Figures for the map",
        "table",
        _table(["country", "low", "value", "high", "grade", "source_id"], ["-value"],
               dict.fromkeys(["low", "value", "high"], ",.3~r")),
        labels={"country": "Country", "low": "Low figure", "value": "Central figure", "high": "High figure",
                "grade": "Grade", "source_id": "Sources"},
    ),
    Chart(
        "The build shown here",
        "Build",
        "table",
        _table(["build"]) | {"include_search": False},
        labels={"build": "Build and the day it knows"},
    ),
    Chart(
        "Stages side by side",
        "Capacity by stage",
        "echarts_timeseries_bar",
        _range("v_central_mw is not null", "AI capacity, MW at the facility", "v_low_mw", "v_central_mw", "v_high_mw",
               x="stage_in_order"),
        "Each bar ends at the low, the central and the high figure. Stages never hold the same megawatts and are never "
        "added. Phases without megawatts are in none of the bars.",
    ),
    Chart(
        "Phases by stage",
        "Capacity by stage",
        "echarts_timeseries_bar",
        _bars("stage_in_order", {"MW stated": "sum(n_phases - n_phases_without_mw)",
                                 "No MW stated": "sum(n_phases_without_mw)"}, "Sites and deals, number"),
        "How much of each stage has no stated megawatts.",
    ),
    Chart(
        "Pipeline and operation by country",
        "Capacity by stage",
        "echarts_timeseries_bar",
        _bars("country", {"AI capacity": "sum(v_central_mw)"}, "AI capacity, central, MW at the facility (logarithmic)",
              where=PIPELINE, groupby=["stage"], stack=None, orientation="vertical", logAxis=True, n_bars=200,
              x_axis_sort="sum", x_axis_sort_asc=False, xAxisLabelRotation=45, truncateYAxis=True,
              y_axis_bounds=[10, None], y_axis_title_margin=60),
        "Stages stand beside each other: what is announced is not built.",
    ),
    Chart(
        "What of the pipeline is likely to run by the end of 2030",
        "Outlook",
        "echarts_timeseries_bar",
        _range("horizon = '2030-12-31' and online_central_mw is not null", "Of today's pipeline, MW",
               "online_low_mw", "online_central_mw", "online_high_mw", n_bars=12, by="sum(online_central_mw)"),
        "Expected value with a band around it, from priors of low confidence. A screening figure.",
    ),
    Chart(
        "Events by month",
        "Events",
        "echarts_timeseries_bar",
        {
            "x_axis": "event_date",
            "time_grain_sqla": "P1M",
            "metrics": [_metric("Events", "count(*)")],
            "groupby": ["phase_stage"],
            "adhoc_filters": [],
            "stack": "Stack",
            "x_axis_time_format": "%b %Y",
            "y_axis_title": "Events, number",
            "y_axis_title_margin": 55,
            "y_axis_title_position": "Left",
            "show_legend": True,
            "legendOrientation": "top",
            "rich_tooltip": True,
            "row_limit": 1000,
            "color_scheme": "supersetColors",
        },
        "By the stage of the works that the event tells of; a pause or a cancellation is a colour of its own.",
    ),
    Chart(
        "Largest capacity named, day by day",
        "Events",
        "echarts_timeseries_scatter",
        {
            "x_axis": "event_date",
            "time_grain_sqla": None,
            "metrics": [_metric("Largest capacity named that day", "max(capacity_mw_announced)")],
            "groupby": ["phase_stage"],
            "adhoc_filters": _where("capacity_mw_announced is not null"),
            "logAxis": True,
            "markerSize": 10,
            "x_axis_time_format": "%b %Y",
            "y_axis_title": "Capacity named, MW (logarithmic)",
            "y_axis_title_margin": 55,
            "y_axis_title_position": "Left",
            "y_axis_format": ",.0f",
            "truncateYAxis": True,
            "y_axis_bounds": [10, None],
            "show_legend": True,
            "legendOrientation": "top",
            "rich_tooltip": False,
            "row_limit": 1000,
            "color_scheme": "supersetColors",
        },
        "Events restate each other: the points are never to be added.",
    ),
    Chart(
        "All events",
        "Events",
        "table",
        _table(list(EVENT_COLUMNS), ["-event_date"], {"capacity_mw_announced": ",.0f", "investment_bn_usd": ",.2~f"}),
        labels=EVENT_COLUMNS,
    ),
    Chart(
        "AI share of demand against carbon",
        "Power and AI load",
        "bubble_v2",
        _bubbles("ci_avg_gco2_kwh", "ai_share_demand_pct", "sqrt(ai_facility_mw_operational_central)", "stress",
                 ("Carbon intensity of generation, gCO2/kWh", "AI share of electricity demand, %"),
                 y_axis_format=",.2~f", legendOrientation="right",
                 adhoc_filters=_where("ai_share_demand_central is not null")),
        "Area: operational AI megawatts.",
    ),
    Chart(
        "Pipeline against the size of the grid",
        "Power and AI load",
        "bubble_v2",
        _bubbles("demand_twh", "pipeline_mw", "ci_avg_gco2_kwh", "grid",
                 ("Electricity demand, TWh a year (logarithmic)",
                  "Planned AI capacity, MW (logarithmic)"),
                 logXAxis=True, logYAxis=True, y_axis_format=",.0f", max_bubble_size="15",
                 adhoc_filters=_where("pipeline_mw is not null and demand_twh is not null")),
        "Announced, committed and under construction, of which little may be built. Size: carbon intensity.",
    ),
    Chart(
        "AI share of demand with its range",
        "Power and AI load",
        "echarts_timeseries_bar",
        _range("ai_share_demand_central is not null", "AI share of electricity demand, %", "ai_share_demand_low_pct",
               "ai_share_demand_pct", "ai_share_demand_high_pct", digits=",.1~f",
               by="max(ai_share_demand_pct)"),
        "Each bar ends at the low, the central and the high figure; a floor, as only known sites are in it.",
    ),
    Chart(
        "Power and AI load by country",
        "Power and AI load",
        "table",
        _table(["country", "year", "demand_twh", "ci_avg_gco2_kwh", "ai_facility_mw_operational_central",
                "ai_share_demand_low_pct", "ai_share_demand_pct", "ai_share_demand_high_pct", "ai_share_peak_pct",
                "pipeline_mw", "firm_headroom_mw_central", "ai_grade", "grade"], ["place"],
               {"demand_twh": ",.0f", "ci_avg_gco2_kwh": ",.0f", "ai_facility_mw_operational_central": ",.0f",
                "ai_share_demand_low_pct": ",.2f", "ai_share_demand_pct": ",.2f", "ai_share_demand_high_pct": ",.2f",
                "ai_share_peak_pct": ",.2f", "pipeline_mw": ",.0f", "firm_headroom_mw_central": ",.0f", "year": "d"}),
        labels={"country": "Country", "year": "Year of demand", "demand_twh": "Demand, TWh",
                "ci_avg_gco2_kwh": "Carbon, gCO2/kWh", "ai_facility_mw_operational_central": "AI running, MW",
                "ai_share_demand_low_pct": "Share of demand, low %",
                "ai_share_demand_pct": "Share of demand, central %",
                "ai_share_demand_high_pct": "Share of demand, high %", "ai_share_peak_pct": "Share of peak, %",
                "pipeline_mw": "Planned, MW",
                "firm_headroom_mw_central": "Firm headroom, MW",
                "ai_grade": "Grade of AI load", "grade": "Grade of power"},
    ),
    Chart(
        "Who has which role in the world's AI capacity",
        "Host and control",
        "echarts_timeseries_bar",
        _bars("attribution", {"Known American": "100 * max(us_min)", "Known Chinese": "100 * max(cn_min)",
                              "Known of other homes": "100 * max(1 - us_min - cn_min - unknown_share)",
                              "Unknown": "100 * max(unknown_share)"}, "Share of AI capacity, running and planned, %",
              y_axis_bounds=[0, 100], truncateYAxis=True),
        "host is where it stands; the others are roles, by the home of whoever has them.",
    ),
    Chart(
        "Where it stands and who runs it: the United States",
        "Host and control over time",
        "echarts_timeseries_line",
        {
            "x_axis": "as_of",
            "time_grain_sqla": None,
            "metrics": [
                _metric("Stands in the United States", "100 * max(us_min) filter (where attribution = 'host')"),
                _metric("Can be run by Americans", "100 * max(us_max) filter (where attribution = 'operator')"),
                _metric("Known to be run by Americans", "100 * max(us_min) filter (where attribution = 'operator')"),
            ],
            "adhoc_filters": [],
            "groupby": [],
            "markerEnabled": True,
            "x_axis_time_format": "%b %Y",
            "y_axis_title": "Share of AI capacity, running and planned, %",
            "y_axis_title_margin": 55,
            "y_axis_title_position": "Left",
            "y_axis_format": ",.0f",
            "y_axis_bounds": [0, 100],
            "truncateYAxis": True,
            "show_legend": True,
            "legendOrientation": "top",
            "rich_tooltip": True,
            "row_limit": 1000,
            "color_scheme": "supersetColors",
        },
        "As it was known at the end of each month. Steps are steps of coverage: sites of Epoch AI are known from "
        "December 2025 on.",
    ),
    Chart(
        "Who runs it, country by country",
        "Dependence by layer",
        "echarts_timeseries_bar",
        _bars("country", {"Known American": "100 * max(case when iso3 <> 'USA' then us_min else 0 end)",
                          "Known Chinese": "100 * max(case when iso3 <> 'CHN' then cn_min else 0 end)",
                          "Known domestic": "100 * max(domestic_min)", "Known of other homes": "100 * max(other_min)",
                          "Unknown": "100 * max(unknown_share)"}, "Share of AI capacity, running and planned, %",
              where="layer = 'operator' and weight_basis = 'facility_mw'", n_bars=250,
              y_axis_bounds=[0, 100], truncateYAxis=True,
              x_axis_title="Country", x_axis_title_margin=120),
        "By the home of the operator, of countries whose megawatts are known. Americans at home are domestic.",
    ),
    Chart(
        "Profile of the country",
        "Profile",
        "table",
        _table(["figure", "value", "range_of", "unit", "day", "grade"], ["place"]) | {"include_search": False},
        "An empty figure is unknown, which is not nought.",
        labels={"figure": "Figure", "value": "Central", "range_of": "Low – high", "unit": "Unit", "day": "Year or day",
                "grade": "Grade"},
    ),
    Chart(
        "Its AI capacity by stage",
        "Capacity by stage",
        "echarts_timeseries_bar",
        _range("v_central_mw is not null", "AI capacity, MW at the facility", "v_low_mw", "v_central_mw", "v_high_mw",
               x="stage_in_order"),
        "Each bar ends at the low, the central and the high figure. Stages are never added. A stage whose megawatts "
        "nobody told has no bar.",
    ),
    Chart(
        "Its electricity from coal, gas, oil, nuclear, hydro, wind and sun",
        "Generation by fuel",
        "echarts_area",
        {
            "x_axis": "year",
            "time_grain_sqla": None,
            "metrics": [_metric("Generation", "sum(twh)")],
            "groupby": ["fuel"],
            "adhoc_filters": [],
            "stack": "Stack",
            "opacity": 0.8,
            "x_axis_time_format": "%Y",
            "y_axis_title": "Electricity generated, TWh a year",
            "y_axis_title_margin": 55,
            "y_axis_title_position": "Left",
            "y_axis_format": ",.0f",
            "show_legend": True,
            "legendOrientation": "top",
            "rich_tooltip": True,
            "row_limit": 5000,
            "color_scheme": "supersetColors",
        },
        "Of one source; geothermal, bioenergy and other renewables are not in it, so it adds up to less than "
        "generation.",
    ),
    Chart(
        "On whom its AI capacity depends",
        "Dependence by layer",
        "echarts_timeseries_bar",
        _bars("layer", {"Known American": "100 * max(case when iso3 <> 'USA' then us_min else 0 end)",
                        "Known Chinese": "100 * max(case when iso3 <> 'CHN' then cn_min else 0 end)",
                        "Known domestic": "100 * max(domestic_min)", "Known of other homes": "100 * max(other_min)",
                        "Unknown": "100 * max(unknown_share)"},
              "Share of AI capacity, running and planned, % (of sites and deals where no MW is known)",
              y_axis_bounds=[0, 100], truncateYAxis=True),
        "By the home of whoever has the role. Each layer stands for itself.",
    ),
    Chart(
        "Its programmes",
        "Programmes",
        "table",
        _table(["programme", "stage_label", "pkg_announced", "pkg_contracted", "pkg_delivered", "lead_vendors",
                "sovereign_guarantee", "public_cofunding", "last_event_date", "grade"], ["-current_stage"])
        | {"include_search": False},
        labels={"programme": "Programme", "stage_label": "Stage", "pkg_announced": "Parts announced",
                "pkg_contracted": "contracted", "pkg_delivered": "delivered", "lead_vendors": "Led by",
                "sovereign_guarantee": "State guarantee", "public_cofunding": "Public money",
                "last_event_date": "Last event", "grade": "Grade"},
    ),
    Chart(
        "Its events",
        "Events",
        "table",
        _table([name for name in EVENT_COLUMNS if name != "country"], ["-event_date"],
               {"capacity_mw_announced": ",.0f", "investment_bn_usd": ",.2~f"}) | {"include_search": False},
        labels=EVENT_COLUMNS,
    ),
    Chart(
        "Its sources",
        "Sources of a country",
        "table",
        _table(["source", "publisher", "tier", "vintage_known_at", "licence_id", "link"], ["tier", "source"])
        | {"include_search": False},
        labels={"source": "Source", "publisher": "Publisher", "tier": "Tier", "vintage_known_at": "Vintage of",
                "licence_id": "Licence", "link": "Address"},
    ),
    Chart(
        "Sources by status",
        "Sources today",
        "echarts_timeseries_bar",
        _bars("status", {"Sources": "count(*)"}, "Sources, number", by="count(*)", show_legend=False),
        "As each stood when it was last asked.",
    ),
    Chart(
        "Age of what each source holds",
        "Sources today",
        "echarts_timeseries_bar",
        _bars("source_id", {"Age": "max(content_age_days)"}, "Days since the last day the content is about (20 oldest)",
              where="content_age_days is not null", by="max(content_age_days)", n_bars=20, show_legend=False),
    ),
    Chart(
        "All sources",
        "Sources today",
        "table",
        _table(["source", "publisher", "tier", "status", "day", "is_stale", "content_max_period", "vintage_known_at",
                "n_rows", "licence_id", "attribution", "link"], ["source"], {"n_rows": ",d"}),
        labels={"source": "Source", "publisher": "Publisher", "tier": "Tier", "status": "Status", "day": "Asked on",
                "is_stale": "Stale", "content_max_period": "Content up to", "vintage_known_at": "Vintage of",
                "n_rows": "Rows", "licence_id": "Licence", "attribution": "Credit", "link": "Address"},
    ),
]  # fmt: skip

TITLE = "AI infrastructure by country"
SLUG = "infra-atlas"
TABS = [
    Tab(
        "World",
        "Choose a figure in the bar above. **Grey is unknown, never nought.** Bars end at the low, the central and the "
        "high figure; the grade runs from A, best, to E, worst.",
        [(68, [("World map", 8), ("Ranking with ranges", 4)]),
         (50, [("Figures and grades", 9), ("The build shown here", 3)])],
        [Filter("Figure", "Figures for the map", "figure", OPERATIONAL, "What the map and the ranking show.")],
    ),
    Tab(
        "Pipeline",
        "**Announced is not built.** Stages stand side by side and are never added; every bar ends at the low, the "
        "central and the high figure.",
        [(52, [("Stages side by side", 4), ("Phases by stage", 4),
               ("What of the pipeline is likely to run by the end of 2030", 4)]),
         (60, [("Pipeline and operation by country", 12)])],
    ),
    Tab(
        "Events",
        "Every event of the ledger with its stage, grade and address. Events restate each other: **never add their "
        "megawatts or money.**",
        [(46, [("Events by month", 6), ("Largest capacity named, day by day", 6)]), (70, [("All events", 12)])],
    ),
    Tab(
        "Power",
        "The load of AI is a floor of known sites, set against the latest known demand. Planned is announced, "
        "committed or under construction: **little of it may be built.**",
        [(56, [("AI share of demand against carbon", 6), ("Pipeline against the size of the grid", 6)]),
         (52, [("AI share of demand with its range", 4), ("Power and AI load by country", 8)])],
    ),
    Tab(
        "Control",
        "Where capacity stands is not who controls it. Shares are of known AI capacity, running and planned; **grey is "
        "unknown**, so a share lies between what is known and that with the grey added.",
        [(54, [("Where it stands and who runs it: the United States", 6),
               ("Who has which role in the world's AI capacity", 6)]),
         (96, [("Who runs it, country by country", 12)])],
    ),
    Tab(
        "Country",
        "Choose a country in the bar above. A chart without rows: nothing is known, not that there is nothing. Figures "
        "are of the year or day in their row.",
        [(66, [("Profile of the country", 6), ("Its AI capacity by stage", 6)]),
         (50, [("Its electricity from coal, gas, oil, nuclear, hydro, wind and sun", 6),
               ("On whom its AI capacity depends", 6)]),
         (34, [("Its programmes", 12)]),
         (50, [("Its events", 12)]),
         (50, [("Its sources", 12)])],
        [Filter("Country", "Profile", "country", "United Kingdom", "Whose page to show.")],
    ),
    Tab(
        "Sources",
        "How each source stood when it was last asked. One that is unreachable keeps its last good vintage in "
        "force, if it has one. The words to credit a source with stand in its row.",
        [(52, [("Sources by status", 5), ("Age of what each source holds", 7)]), (70, [("All sources", 12)])],
    ),
]  # fmt: skip
