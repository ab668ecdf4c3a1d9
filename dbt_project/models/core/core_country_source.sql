with
    used as (
        select iso3, code_source_id as source_id
        from {{ ref("core_country") }}
        union
        select iso3, region_source_id as source_id
        from {{ ref("core_country") }}
        union
        select iso3, population_source_id as source_id
        from {{ ref("core_country") }}
        union
        select iso3, gdp_source_id as source_id
        from {{ ref("core_country") }}
        union
        select iso3, source_id
        from {{ ref("core_electricity_selected") }}
        where clock_known_at = {{ clock("known_at") }}
        union
        select iso3, source_id
        from {{ ref("core_power_price") }}
        union
        select iso3, rate_source_id as source_id
        from {{ ref("core_power_price") }}
        union
        select iso3, source_id
        from {{ ref("core_data_center_electricity") }}
        union
        select iso3, source_id
        from {{ ref("core_announcement") }}
        union
        select iso3, source_id
        from {{ ref("core_capacity_phase") }}
        where clock_id = {{ latest_clock_id() }}
        union
        -- The census of cloud regions speaks of every country: absence from it is what it says.
        select country.iso3, census.source_id
        from {{ ref("core_country") }} as country
        cross join
            (select distinct source_id from {{ ref("core_cloud_region") }} where known_to is null) as census
    )

select used.iso3, used.source_id, source.licence_id, source.attribution
from used
inner join {{ ref("core_source") }} as source on used.source_id = source.source_id
where used.iso3 is not null
