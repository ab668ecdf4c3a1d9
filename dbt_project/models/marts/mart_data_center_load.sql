{% set scenarios = ["low", "central", "high"] %}
with
    candidates as (
        select
            clock.clock_id,
            official.*,
            row_number() over (
                partition by clock.clock_id, official.area
                order by
                    official.year desc,
                    official.rank,
                    official.known_at desc,
                    official.publisher,
                    official.report
            ) as choice
        from {{ ref("core_clock") }} as clock
        inner join
            {{ ref("core_data_center_electricity") }} as official
            on official.known_at <= clock.known_at
            and official.year <= extract(year from clock.as_of)
        where official.high_twh is not null
    ),

    loads as (
        select
            load.clock_id,
            load.iso3 as area,
            {% for scenario in scenarios %} load.twh_{{ scenario }}, {% endfor %}
            1 as n_countries,
            power.year as demand_year,
            {% for scenario in scenarios %} power.share_demand_{{ scenario }}, {% endfor %}
            load.grade,
            load.source_id
        from {{ ref("core_ai_load") }} as load
        left join
            {{ ref("core_ai_power") }} as power on load.clock_id = power.clock_id and load.iso3 = power.iso3
        where load.twh_central is not null
    ),

    areas as (
        select *
        from loads
        union all
        select
            clock_id,
            'world' as area,
            {% for scenario in scenarios %}
                cast(sum({{ exact("twh_" ~ scenario) }}) as double) as twh_{{ scenario }},
            {% endfor %}
            count(*) as n_countries,
            null as demand_year,
            {% for scenario in scenarios %} null as share_demand_{{ scenario }}, {% endfor %}
            max(grade) as grade,
            {{ joined_sources() }} as source_id
        from loads
        group by clock_id
    )

select
    clock.history,
    official.area,
    official.iso3,
    clock.as_of,
    clock.known_at,
    {{ is_latest("clock") }} as is_latest,
    'all_dc' as official_scope,
    cast(official.year as bigint) as official_year,
    official.publisher as official_publisher,
    official.method as official_method,
    official.low_twh as official_twh_low,
    official.central_twh as official_twh_central,
    official.high_twh as official_twh_high,
    official.share_pct as official_share_pct,
    official.share_of as official_share_of,
    official.source_url as official_url,
    'ai' as model_scope,
    {% for scenario in scenarios %} areas.twh_{{ scenario }} as ai_twh_{{ scenario }}, {% endfor %}
    cast(coalesce(areas.n_countries, 0) as bigint) as n_countries_with_ai_load,
    cast(areas.demand_year as bigint) as demand_year,
    {% for scenario in scenarios %}
        areas.share_demand_{{ scenario }} as ai_share_demand_{{ scenario }},
    {% endfor %}
    areas.twh_central / nullif(official.central_twh, 0) as ai_to_official_ratio,
    {{ grade_letter("official.grade_score") }} as official_grade,
    areas.grade as ai_grade,
    concat_ws('; ', areas.source_id, official.source_id) as source_id,
    {{ assumption_set_id() }} as assumption_set_id
from candidates as official
inner join {{ ref("core_clock") }} as clock on official.clock_id = clock.clock_id
left join areas on official.clock_id = areas.clock_id and official.area = areas.area
where official.choice = 1
