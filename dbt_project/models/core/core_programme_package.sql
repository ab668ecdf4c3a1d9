{% set parts = {
    "p1_dc": "data_center",
    "p2_models": "localized_chatgpt",
    "p3_fund": "startup_fund",
    "p4_safety": "safety_security_governance",
} %}
with
    events as (
        select
            event.*,
            case
                when chain.has_left or chain.programme_stage = {{ programme_stage("withdrawn") }}
                then 0
                else event.package_maturity
            end as maturity
        from {{ ref("core_chain_event") }} as event
        inner join
            {{ ref("core_programme_chain") }} as chain
            on event.clock_id = chain.clock_id
            and event.chain_id = chain.chain_id
            and event.programme = chain.programme
    ),

    named as (
        {% for part, component in parts.items() %}
            select
                clock_id,
                iso3,
                programme,
                '{{ part }}' as part,
                maturity,
                row_number() over (
                    partition by clock_id, chain_id, programme
                    order by
                        case when is_stage_deciding then 0 else 1 end,
                        event_date desc,
                        known_at desc,
                        announcement_id desc
                ) as recency
            from events
            where components like '%{{ component }}%'
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )

select clock_id, iso3, programme, part, max(maturity) as maturity
from named
where recency = 1
group by clock_id, iso3, programme, part
