with
    -- Reviewed files speak for every day: each row carries the one from which it was known.
    told as (
        select
            'country' as scope,
            iso3,
            year,
            publisher,
            'none' as report,
            method,
            method as made_by,
            low_gwh / 1000 as low_twh,
            central_gwh / 1000 as central_twh,
            high_gwh / 1000 as high_twh,
            share_pct,
            share_of,
            source as source_url,
            confidence,
            known_at,
            'official_data_center_consumption' as source_id
        from {{ ref("stg_official_data_center_consumption") }}
        where known_to is null
        union all
        select
            'world' as scope,
            null as iso3,
            year,
            publisher,
            report,
            'modelled' as method,
            publisher as made_by,
            low_twh,
            central_twh,
            high_twh,
            null as share_pct,
            null as share_of,
            source as source_url,
            confidence,
            known_at,
            'world_data_center_electricity' as source_id
        from {{ ref("stg_world_data_center_electricity") }}
        where known_to is null and scope = 'data_centers' and kind = 'estimate'
    )

select
    told.scope,
    coalesce(told.iso3, told.scope) as area,
    told.iso3,
    told.year,
    told.publisher,
    told.report,
    told.method,
    -- One figure is its own range; of a range alone there is no central figure.
    coalesce(told.low_twh, told.central_twh) as low_twh,
    told.central_twh,
    coalesce(told.high_twh, told.central_twh) as high_twh,
    told.share_pct,
    told.share_of,
    told.source_url,
    told.confidence,
    told.known_at,
    told.source_id,
    -- Whoever has no declared rank comes after all that have.
    coalesce(precedence.rank, 1 + max(precedence.rank) over (partition by told.scope), 1) as rank,
    least(
        {{ grade_score("tier", "cast(source.tier as " ~ dbt.type_string() ~ ")") }},
        {{ grade_score("confidence", "told.confidence") }}
    ) as grade_score
from told
left join
    {{ ref("ref_estimate_precedence") }} as precedence
    on told.scope = precedence.scope
    and told.made_by = precedence.made_by
left join {{ ref("core_source") }} as source on told.source_id = source.source_id
