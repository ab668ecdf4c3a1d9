with
    -- What a census said on the day of each of its vintages.
    offers as (
        select vintage.known_at as census_day, region.source_id, region.iso3, region.provider
        from {{ ref("core_vintage") }} as vintage
        inner join
            {{ ref("core_cloud_region") }} as region
            on vintage.source_id = region.source_id
            and {{ is_in_force("region", "vintage.known_at") }}
    ),

    censuses as (
        select source_id, census_day, count(distinct provider) as n_providers_counted
        from offers
        group by source_id, census_day
    ),

    counted as (
        select source_id, census_day, iso3, count(distinct provider) as n_providers
        from offers
        group by source_id, census_day, iso3
    ),

    -- A census speaks of every country: absence from it is what it says.
    told as (
        select
            censuses.source_id,
            censuses.census_day,
            country.iso3,
            coalesce(counted.n_providers, 0) as n_providers,
            censuses.n_providers_counted,
            lag(coalesce(counted.n_providers, 0)) over census as last_n_providers,
            lag(censuses.n_providers_counted) over census as last_n_providers_counted
        from censuses
        cross join {{ ref("core_country") }} as country
        left join
            counted
            on censuses.source_id = counted.source_id
            and censuses.census_day = counted.census_day
            and country.iso3 = counted.iso3
        window
            census as (
                partition by censuses.source_id, country.iso3, extract(year from censuses.census_day)
                order by censuses.census_day
            )
    )

-- A later vintage of the year that counts the same adds no row.
select
    iso3,
    cast(extract(year from census_day) as bigint) as year,
    source_id,
    cast(n_providers as bigint) as n_providers,
    cast(n_providers_counted as bigint) as n_providers_counted,
    census_day as known_at,
    lead(census_day) over (
        partition by source_id, iso3, extract(year from census_day) order by census_day
    ) as known_to
from told
where
    last_n_providers is null
    or last_n_providers <> n_providers
    or last_n_providers_counted <> n_providers_counted
