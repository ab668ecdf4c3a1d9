{% set bands = ["mw_band.modelled", "mw_band.company_stated", "facility_per_it"] %}
{% set metrics = {
    "ai_facility_mw_operational": bands,
    "ai_twh": bands + ["utilisation"],
    "ai_share_demand": bands + ["utilisation"],
} %}
with
    phases as (
        select *
        from {{ ref("core_capacity_phase") }}
        where is_selected and stage = 'operational' and stated_mw is not null
    ),

    -- How a country's megawatts move with each parameter, relative to the central figure.
    moves as (
        {% for name in bands %}
            select
                clock_id,
                iso3,
                '{{ name }}' as parameter,
                {% for scenario in ["low", "high"] %}
                    cast(sum({{ exact(moved_mw(name, scenario)) }}) as double) / nullif(
                        cast(sum({{ exact(moved_mw(name, "central")) }}) as double), 0
                    ) as factor_{{ scenario }}
                    {% if not loop.last %},{% endif %}
                {% endfor %}
            from phases
            group by clock_id, iso3
            union all
        {% endfor %}
        select distinct
            clock_id,
            iso3,
            'utilisation' as parameter,
            {{ parameter("utilisation", "low") }} / {{ parameter("utilisation") }} as factor_low,
            {{ parameter("utilisation", "high") }} / {{ parameter("utilisation") }} as factor_high
        from phases
    ),

    figures as (
        {% for metric, names in metrics.items() %}
            select
                history,
                iso3,
                as_of,
                known_at,
                '{{ metric }}' as metric,
                {{ metric }}_central as value,
                {{ names }} as parameters,
                ai_grade as grade,
                source_id
            from {{ ref("mart_country_power") }}
            where {{ metric }}_central is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    moved as (
        select
            clock.history,
            clock.as_of,
            clock.known_at,
            clock.is_latest,
            clock.clock_id,
            figures.metric,
            figures.iso3,
            moves.parameter,
            round(figures.value, 9) as value,
            round(figures.value * moves.factor_low, 9) as v_at_low,
            round(figures.value * moves.factor_high, 9) as v_at_high,
            figures.grade,
            figures.source_id
        from figures
        inner join {{ ref("core_clock") }} as clock using (history, as_of, known_at)
        inner join
            moves
            on clock.clock_id = moves.clock_id
            and figures.iso3 = moves.iso3
            and list_contains(figures.parameters, moves.parameter)
    ),

    -- A country's place when it alone is moved: an error of one site's megawatts is not everybody's. Values
    -- and what they are moved to are sorted once, as comparing each with each does not last.
    sorted as (
        select
            *,
            sum(is_value) over (
                partition by clock_id, metric, parameter
                order by v desc
                range between unbounded preceding and current row exclude group
            ) as n_above
        from
            (
                select clock_id, metric, parameter, iso3, 'central' as moved_to, value as v, 1 as is_value
                from moved
                union all
                select clock_id, metric, parameter, iso3, 'low' as moved_to, v_at_low as v, 0 as is_value
                from moved
                union all
                select clock_id, metric, parameter, iso3, 'high' as moved_to, v_at_high as v, 0 as is_value
                from moved
            ) as told
    ),

    above as (
        select
            clock_id,
            metric,
            parameter,
            iso3,
            max(case when moved_to = 'low' then n_above end) as n_above_low,
            max(case when moved_to = 'high' then n_above end) as n_above_high
        from sorted
        group by clock_id, metric, parameter, iso3
    )

select
    moved.history,
    moved.metric,
    moved.iso3,
    moved.as_of,
    moved.known_at,
    {{ is_latest("moved") }} as is_latest,
    moved.parameter,
    moved.value as v_central,
    moved.v_at_low,
    moved.v_at_high,
    rank() over (
        partition by moved.clock_id, moved.metric, moved.parameter order by moved.value desc
    ) as rank_central,
    rank() over (
        partition by moved.clock_id, moved.metric, moved.parameter order by moved.v_at_low desc
    ) as rank_low,
    rank() over (
        partition by moved.clock_id, moved.metric, moved.parameter order by moved.v_at_high desc
    ) as rank_high,
    {% for scenario in ["low", "high"] %}
        cast(
            1
            + coalesce(above.n_above_{{ scenario }}, 0)
            -- What it was itself is above it where it went down.
            - case when moved.value > moved.v_at_{{ scenario }} then 1 else 0 end as bigint
        ) as alone_rank_{{ scenario }},
    {% endfor %}
    cast(count(*) over ranked as bigint) as n_ranked,
    moved.grade,
    moved.source_id,
    {{ assumption_set_id() }} as assumption_set_id
from moved
inner join above using (clock_id, metric, parameter, iso3)
window ranked as (partition by moved.clock_id, moved.metric, moved.parameter)
