with
    projects as (
        select
            known_at,
            known_to,
            coalesce(iso3, 'none') as iso3,
            {{ exact("total_investment_usd") }} as usd,
            case
                when operator_nationality = 'unknown'
                then 'unknown'
                when operator_nationality like '%us%'
                then 'us'
                else 'other'
            end as operator
        from {{ ref("stg_non_us_data_center_registry") }}
    ),

    areas as (
        select *, iso3 as area
        from projects
        union all
        select *, 'world' as area
        from projects
    )

select
    area,
    known_at,
    max(known_to) as known_to,
    cast(count(*) as bigint) as n_projects,
    cast(sum(usd) as double) as total_investment_usd,
    cast(sum(case when operator = 'us' then usd else 0 end) as double)
    / nullif(cast(sum(usd) as double), 0) as us_operated_share_min,
    cast(sum(case when operator in ('us', 'unknown') then usd else 0 end) as double)
    / nullif(cast(sum(usd) as double), 0) as us_operated_share_max
from areas
group by area, known_at
