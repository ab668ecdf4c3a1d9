{% set scenarios = ["low", "central", "high"] %}
with
    phases as (select * from {{ ref("core_capacity_phase") }}),

    totals as (
        select
            clock_id,
            iso3,
            stage,
            {% for scenario in scenarios %}
                sum({{ exact("v_" ~ scenario ~ "_mw") }}) as v_{{ scenario }}_mw,
            {% endfor %}
            sum({{ exact("ambition_mw") }}) as ambition_mw,
            count(*) as n_phases,
            sum(case when stated_mw is null then 1 else 0 end) as n_phases_without_mw,
            count(distinct source_id) as n_sources,
            min(grade_score) as grade_score
        from phases
        where is_selected
        group by clock_id, iso3, stage
    ),

    -- What another source says of the same stage: beside the figure, never in it.
    alternatives as (
        select
            clock_id,
            iso3,
            stage,
            {% for scenario in scenarios %}
                sum({{ exact("v_" ~ scenario ~ "_mw") }}) as v_{{ scenario }}_mw,
            {% endfor %}
            count(*) as n_phases,
            min(source_id) as source_id
        from phases
        where not is_selected
        group by clock_id, iso3, stage
    ),

    sources as (
        select
            clock_id, iso3, stage, {{ dbt.listagg("source_id", "'; '", "order by source_id") }} as source_ids
        from (select distinct clock_id, iso3, stage, source_id from phases where is_selected) as named
        group by clock_id, iso3, stage
    ),

    -- A stage whose phases are all counted elsewhere still tells what the other source says of it.
    stages as (
        select clock_id, iso3, stage, min(grade_score) as grade_score
        from phases
        group by clock_id, iso3, stage
    )

select
    clock.history,
    stages.iso3,
    clock.as_of,
    clock.known_at,
    {{ is_latest("clock") }} as is_latest,
    'ai' as scope,
    'facility_mw' as basis,
    stages.stage,
    {% for scenario in scenarios %}
        cast(round(totals.v_{{ scenario }}_mw, 3) as double) as v_{{ scenario }}_mw,
    {% endfor %}
    cast(totals.ambition_mw as double) as ambition_mw,
    cast(coalesce(totals.n_phases, 0) as bigint) as n_phases,
    cast(coalesce(totals.n_phases_without_mw, 0) as bigint) as n_phases_without_mw,
    cast(coalesce(totals.n_sources, 0) as bigint) as n_sources,
    coalesce(sources.source_ids, alternatives.source_id) as source_id,
    {% for scenario in scenarios %}
        cast(round(alternatives.v_{{ scenario }}_mw, 3) as double) as alternative_{{ scenario }}_mw,
    {% endfor %}
    cast(coalesce(alternatives.n_phases, 0) as bigint) as n_alternative_phases,
    alternatives.source_id as alternative_source_id,
    {{ grade_letter("coalesce(totals.grade_score, stages.grade_score)") }} as grade,
    {{ assumption_set_id() }} as assumption_set_id
from stages
inner join {{ ref("core_clock") }} as clock on stages.clock_id = clock.clock_id
left join
    totals on stages.clock_id = totals.clock_id and stages.iso3 = totals.iso3 and stages.stage = totals.stage
left join
    sources
    on stages.clock_id = sources.clock_id
    and stages.iso3 = sources.iso3
    and stages.stage = sources.stage
left join
    alternatives
    on stages.clock_id = alternatives.clock_id
    and stages.iso3 = alternatives.iso3
    and stages.stage = alternatives.stage
