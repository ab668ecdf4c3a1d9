with
    regions as (
        select region.*, {{ dbt.concat(["provider", "'/'", "region_id"]) }} as region_key
        from {{ ref("stg_cloud_regions") }} as region
    ),

    entities as (
        select distinct
            'epoch_data_center_timelines' as source_id, project_id as entity_id, known_at, known_to
        from {{ ref("core_site_state") }}
        union all
        select 'cloud_regions' as source_id, entity_id, known_at, known_to
        from ({{ entity_vintages("regions", "region_key", "cloud_regions") }}) as region_vintages
    ),

    ordered as (
        select
            entities.*,
            lag(known_to) over (partition by source_id, entity_id order by known_at) as last_known_to
        from entities
    ),

    -- Whoever comes back after being closed is there for a second time.
    numbered as (
        select
            ordered.*,
            sum(case when last_known_to = known_at then 0 else 1 end) over (
                partition by source_id, entity_id order by known_at
            ) as spell
        from ordered
    ),

    spells as (
        select
            source_id,
            entity_id,
            cast(spell as bigint) as spell,
            min(known_at) as first_seen,
            max(known_at) as last_known_at,
            -- The newest vintage of a spell has no end while the entity is there.
            case when count(known_to) = count(*) then max(known_to) end as closed_on
        from numbered
        group by source_id, entity_id, spell
    )

select
    spells.source_id,
    spells.entity_id,
    spells.spell,
    spells.first_seen,
    vintage.last_observed_on as last_seen,
    spells.closed_on
from spells
inner join
    {{ ref("core_vintage") }} as vintage
    on spells.source_id = vintage.source_id
    and spells.last_known_at = vintage.known_at
