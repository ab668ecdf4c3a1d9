with
    -- A census tells of the day it was taken, and stands until the next.
    clocks as (
        select core_clock.*, case when as_of < known_at then as_of else known_at end as day
        from {{ ref("core_clock") }} as core_clock
    ),

    regions as (
        select clocks.clock_id, region.*
        from clocks
        inner join {{ ref("core_cloud_region") }} as region on {{ is_in_force("region", "clocks.day") }}
    ),

    snapshots as ({{ vintages_at_clocks("cloud_regions", "clocks", "day") }}),

    census as (
        select
            clocks.clock_id, snapshots.known_at as snapshot_date, count(regions.region_id) as n_regions_world
        from clocks
        left join snapshots on clocks.clock_id = snapshots.clock_id
        left join regions on clocks.clock_id = regions.clock_id
        group by clocks.clock_id, snapshots.known_at
    ),

    homes as (
        select
            clock_id,
            iso3,
            count(*) as n_regions,
            count(distinct provider) as n_providers,
            count(distinct provider_home_iso3) as n_homes,
            min(provider_home_iso3) as home_iso3
        from regions
        where iso3 is not null
        group by clock_id, iso3
    ),

    providers as (
        select
            clock_id, iso3, {{ dbt.listagg("provider_name", "'; '", "order by provider_name") }} as providers
        from (select distinct clock_id, iso3, provider_name from regions where iso3 is not null) as named
        group by clock_id, iso3
    )

select
    clocks.history,
    country.iso3,
    clocks.as_of,
    clocks.known_at,
    {{ is_latest("clocks") }} as is_latest,
    case
        when census.n_regions_world > 0 and homes.iso3 is null then 'desert' else 'unknown'
    end as l1_territory,
    case
        when census.n_regions_world = 0
        then 'unknown'
        when homes.iso3 is null
        then 'none'
        when homes.n_homes > 1
        then 'mixed'
        when homes.home_iso3 = country.iso3
        then 'domestic'
        when homes.home_iso3 = 'USA'
        then 'us'
        when homes.home_iso3 = 'CHN'
        then 'cn'
        else 'other'
    end as l2_providers,
    cast(case when census.n_regions_world > 0 then coalesce(homes.n_regions, 0) end as bigint) as n_regions,
    cast(
        case when census.n_regions_world > 0 then coalesce(homes.n_providers, 0) end as bigint
    ) as n_providers,
    providers.providers,
    census.snapshot_date,
    case
        when census.n_regions_world > 0
        then {{ grade_letter(parameter("grade_score.coverage.partial_census")) }}
    end as grade,
    case when census.n_regions_world > 0 then 'cloud_regions' end as source_id,
    {{ assumption_set_id() }} as assumption_set_id
from clocks
inner join {{ ref("core_country") }} as country on country.known_at <= clocks.known_at
inner join census on clocks.clock_id = census.clock_id
left join homes on clocks.clock_id = homes.clock_id and country.iso3 = homes.iso3
left join providers on clocks.clock_id = providers.clock_id and country.iso3 = providers.iso3
