with
    regions as (select * from {{ ref("core_cloud_region") }}),

    census as (select count(*) as n_regions_world, max(known_at) as snapshot_date from regions),

    homes as (
        select
            iso3,
            count(*) as n_regions,
            count(distinct provider) as n_providers,
            count(distinct provider_home_iso3) as n_homes,
            min(provider_home_iso3) as home_iso3
        from regions
        where iso3 is not null
        group by iso3
    ),

    providers as (
        select iso3, {{ dbt.listagg("provider_name", "'; '", "order by provider_name") }} as providers
        from (select distinct iso3, provider_name from regions where iso3 is not null) as named
        group by iso3
    )

select
    country.iso3,
    {{ clock("as_of") }} as as_of,
    {{ clock("known_at") }} as known_at,
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
from {{ ref("dim_country") }} as country
cross join census
left join homes on country.iso3 = homes.iso3
left join providers on country.iso3 = providers.iso3
