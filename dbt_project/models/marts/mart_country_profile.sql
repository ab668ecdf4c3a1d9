{% set latest_metrics = {
    "generation": "generation_twh",
    "demand": "demand_twh",
    "consumption": "consumption_twh",
    "ci": "ci_avg_gco2_kwh",
} %}
{% set stages = ["announced", "committed", "under_construction", "operational"] %}
with
    power as (
        select
            iso3,
            metric,
            value,
            year,
            source_id,
            grade_score,
            row_number() over (partition by iso3, metric order by year desc) as recency
        from {{ ref("core_electricity_selected") }}
        where clock_known_at = {{ clock("known_at") }}
    ),

    latest_power as (
        select
            iso3,
            {% for name, metric in latest_metrics.items() %}
                max(case when metric = '{{ metric }}' then value end) as {{ metric }},
                cast(max(case when metric = '{{ metric }}' then year end) as bigint) as {{ name }}_year,
                max(case when metric = '{{ metric }}' then source_id end) as {{ name }}_source_id,
            {% endfor %}
            min(grade_score) as grade_score
        from power
        where
            recency = 1
            and metric in (
                {% for metric in latest_metrics.values() %}
                    '{{ metric }}'{% if not loop.last %}, {% endif %}
                {% endfor %}
            )
        group by iso3
    ),

    capacity as (
        select
            iso3,
            {% for stage in stages %}
                {% for scenario in ["low", "central", "high"] %}
                    max(
                        case when stage = '{{ stage }}' then v_{{ scenario }}_mw end
                    ) as {{ stage }}_{{ scenario }}_mw,
                {% endfor %}
            {% endfor %}
            sum(n_phases_without_mw) as n_phases_without_mw,
            max(grade) as capacity_grade
        from {{ ref("mart_country_capacity") }}
        where is_latest
        group by iso3
    ),

    capacity_sources as (
        select iso3, {{ dbt.listagg("source_id", "'; '", "order by source_id") }} as source_ids
        from
            (
                select distinct iso3, source_id
                from {{ ref("mart_country_capacity") }}
                where is_latest and n_phases > 0
            ) as named
        group by iso3
    ),

    events as (
        select
            iso3,
            count(*) as n_ledger_events,
            min(event_date) as first_event_date,
            max(event_date) as last_event_date
        from {{ ref("core_announcement") }}
        where iso3 is not null
        group by iso3
    ),

    ledger as (select count(*) as n_rows from {{ ref("core_announcement") }}),

    programme as (
        select *
        from {{ ref("mart_country_programme") }}
        where is_latest and programme = 'openai_for_countries'
    ),

    sovereignty as (select * from {{ ref("mart_sovereignty_profile") }} where is_latest),

    sources as (
        select iso3, {{ dbt.listagg("source_id", "'; '", "order by source_id") }} as source_ids
        from {{ ref("core_country_source") }}
        group by iso3
    ),

    licences as (
        select iso3, {{ dbt.listagg("licence_id", "'; '", "order by licence_id") }} as licences
        from (select distinct iso3, licence_id from {{ ref("core_country_source") }}) as named
        group by iso3
    ),

    attributions as (
        select iso3, {{ dbt.listagg("attribution", "'; '", "order by attribution") }} as attributions
        from (select distinct iso3, attribution from {{ ref("core_country_source") }}) as named
        group by iso3
    )

select
    country.iso3,
    country.name,
    country.region,
    country.subregion,
    country.income_level,
    country.population,
    country.population_year,
    country.gdp_usd,
    country.gdp_year,
    {% for name, metric in latest_metrics.items() %}
        power.{{ metric }}, power.{{ name }}_year, power.{{ name }}_source_id,
    {% endfor %}
    {% for stage in stages %}
        {% for scenario in ["low", "central", "high"] %} capacity.{{ stage }}_{{ scenario }}_mw, {% endfor %}
    {% endfor %}
    capacity_sources.source_ids as capacity_source_id,
    cast(capacity.n_phases_without_mw as bigint) as n_phases_without_mw,
    cast(
        case when ledger.n_rows > 0 then coalesce(events.n_ledger_events, 0) end as bigint
    ) as n_ledger_events,
    events.first_event_date,
    events.last_event_date,
    programme.current_stage as openai_current_stage,
    programme.stage_label as openai_stage_label,
    programme.pkg_announced as openai_pkg_announced,
    programme.pkg_contracted as openai_pkg_contracted,
    programme.pkg_delivered as openai_pkg_delivered,
    sovereignty.l1_territory,
    sovereignty.l2_providers,
    sovereignty.n_regions as n_cloud_regions,
    {{ grade_letter("power.grade_score") }} as power_grade,
    capacity.capacity_grade,
    programme.grade as openai_grade,
    sovereignty.grade as sovereignty_grade,
    sources.source_ids,
    licences.licences,
    attributions.attributions,
    {{ assumption_set_id() }} as assumption_set_id,
    {{ clock("known_at") }} as known_at
from {{ ref("dim_country") }} as country
cross join ledger
left join latest_power as power on country.iso3 = power.iso3
left join capacity on country.iso3 = capacity.iso3
left join capacity_sources on country.iso3 = capacity_sources.iso3
left join events on country.iso3 = events.iso3
left join programme on country.iso3 = programme.iso3
left join sovereignty on country.iso3 = sovereignty.iso3
left join sources on country.iso3 = sources.iso3
left join licences on country.iso3 = licences.iso3
left join attributions on country.iso3 = attributions.iso3
