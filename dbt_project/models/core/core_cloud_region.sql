{% set tracked = ["location", "iso3", "latitude_deg", "longitude_deg"] %}
{% set censuses = ["cloud_regions", "cloud_infrastructure_map"] %}
with
    listed as (
        select
            'cloud_regions' as source_id,
            provider,
            region_id,
            region_id as region_name,
            location,
            iso3,
            latitude_deg,
            longitude_deg,
            known_at
        from {{ ref("stg_cloud_regions") }}
        union all
        -- The map names providers in words, and shows regions that are only announced.
        select
            'cloud_infrastructure_map' as source_id,
            coalesce(home.provider, map.provider) as provider,
            map.region_id,
            map.region_name,
            map.metro_area as location,
            map.iso3,
            map.latitude_deg,
            map.longitude_deg,
            map.known_at
        from {{ ref("stg_cloud_infrastructure_map") }} as map
        left join {{ ref("ref_provider_home") }} as home on map.provider = home.provider_name
        where map.in_service
    ),

    regions as (
        select
            listed.*,
            {{ assumption_line("region", ["provider", "region_id", "region_name"]) }} as entity_id,
            {{ assumption_line("region", tracked) }} as told
        from listed
    ),

    intervals as (
        {% for source_id in censuses %}
            {% set census = "(select * from regions where source_id = '" ~ source_id ~ "') as census" %}
            select '{{ source_id }}' as source_id, entity_id, known_at, known_to
            from ({{ entity_vintages(census, "entity_id", source_id) }}) as {{ source_id }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    dated as (
        select
            regions.*,
            intervals.known_to,
            lag(regions.told) over entity as last_told,
            lag(intervals.known_to) over entity as last_known_to
        from regions
        inner join
            intervals
            on regions.source_id = intervals.source_id
            and regions.entity_id = intervals.entity_id
            and regions.known_at = intervals.known_at
        window entity as (partition by regions.source_id, regions.entity_id order by regions.known_at)
    ),

    -- A version goes on while the next vintage says the same of the region without a gap.
    numbered as (
        select
            dated.*,
            sum(case when last_told = told and last_known_to = known_at then 0 else 1 end) over (
                partition by source_id, entity_id order by known_at
            ) as version
        from dated
    )

select
    numbered.source_id,
    numbered.provider,
    coalesce(home.provider_name, numbered.provider) as provider_name,
    home.home_iso3 as provider_home_iso3,
    numbered.region_id,
    numbered.region_name,
    numbered.location,
    numbered.iso3,
    numbered.latitude_deg,
    numbered.longitude_deg,
    min(numbered.known_at) as known_at,
    -- A version without an end is the newest one.
    case when count(numbered.known_to) = count(*) then max(numbered.known_to) end as known_to
from numbered
left join {{ ref("ref_provider_home") }} as home on numbered.provider = home.provider
group by
    numbered.source_id,
    numbered.provider,
    home.provider_name,
    home.home_iso3,
    numbered.region_id,
    numbered.region_name,
    numbered.location,
    numbered.iso3,
    numbered.latitude_deg,
    numbered.longitude_deg,
    numbered.version
