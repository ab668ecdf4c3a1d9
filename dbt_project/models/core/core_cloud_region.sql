{% set tracked = ["location", "iso3", "latitude_deg", "longitude_deg"] %}
with
    regions as (
        select
            region.*,
            {{ dbt.concat(["provider", "'/'", "region_id"]) }} as entity_id,
            {{ assumption_line("region", tracked) }} as told
        from {{ ref("stg_cloud_regions") }} as region
    ),

    intervals as ({{ entity_vintages("regions", "entity_id", "cloud_regions") }}),

    dated as (
        select
            regions.provider,
            regions.region_id,
            regions.location,
            regions.iso3,
            regions.latitude_deg,
            regions.longitude_deg,
            regions.told,
            regions.known_at,
            intervals.known_to,
            lag(regions.told) over entity as last_told,
            lag(intervals.known_to) over entity as last_known_to
        from regions
        inner join
            intervals on regions.entity_id = intervals.entity_id and regions.known_at = intervals.known_at
        window entity as (partition by regions.entity_id order by regions.known_at)
    ),

    -- A version goes on while the next vintage says the same of the region without a gap.
    numbered as (
        select
            dated.*,
            sum(case when last_told = told and last_known_to = known_at then 0 else 1 end) over (
                partition by provider, region_id order by known_at
            ) as version
        from dated
    )

select
    numbered.provider,
    home.provider_name,
    home.home_iso3 as provider_home_iso3,
    numbered.region_id,
    numbered.location,
    numbered.iso3,
    numbered.latitude_deg,
    numbered.longitude_deg,
    min(numbered.known_at) as known_at,
    -- A version without an end is the newest one.
    case when count(numbered.known_to) = count(*) then max(numbered.known_to) end as known_to,
    'cloud_regions' as source_id
from numbered
left join {{ ref("ref_provider_home") }} as home on numbered.provider = home.provider
group by
    numbered.provider,
    home.provider_name,
    home.home_iso3,
    numbered.region_id,
    numbered.location,
    numbered.iso3,
    numbered.latitude_deg,
    numbered.longitude_deg,
    numbered.version
