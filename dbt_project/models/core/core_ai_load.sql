{% set scenarios = ["low", "central", "high"] %}
{% set pipeline = ["announced", "committed", "under_construction"] %}
{% set is_pipeline = "stage in ('" ~ pipeline | join("', '") ~ "')" %}
with
    known as (
        select *
        from {{ ref("mart_country_capacity") }}
        where v_central_mw is not null and (stage = 'operational' or {{ is_pipeline }})
    ),

    loads as (
        select
            history,
            as_of,
            known_at,
            iso3,
            {% for scenario in scenarios %}
                max(case when stage = 'operational' then v_{{ scenario }}_mw end) as mw_{{ scenario }},
            {% endfor %}
            cast(
                sum(case when {{ is_pipeline }} then {{ exact("v_central_mw") }} end) as double
            ) as pipeline_mw,
            max(case when stage = 'operational' then source_id end) as source_id,
            max(case when stage = 'operational' then grade end) as grade,
            {{
                dbt.listagg(
                    "distinct case when " ~ is_pipeline ~ " then source_id end",
                    "'; '",
                    "order by case when " ~ is_pipeline ~ " then source_id end",
                )
            }} as pipeline_source_id,
            max(case when {{ is_pipeline }} then grade end) as pipeline_grade
        from known
        group by history, as_of, known_at, iso3
    )

select
    clock.clock_id,
    loads.iso3,
    loads.as_of,
    {% for scenario in scenarios %} loads.mw_{{ scenario }}, {% endfor %}
    {% for scenario in scenarios %}
        loads.mw_{{ scenario }}
        * {{ parameter("utilisation", scenario) }}
        * 8760
        / 1000000 as twh_{{ scenario }},
    {% endfor %}
    loads.source_id,
    loads.grade,
    loads.pipeline_mw,
    loads.pipeline_mw * {{ parameter("utilisation") }} * 8760 / 1000000 as pipeline_twh,
    loads.pipeline_source_id,
    loads.pipeline_grade
from loads
inner join
    {{ ref("core_clock") }} as clock
    on loads.history = clock.history
    and loads.as_of = clock.as_of
    and loads.known_at = clock.known_at
