select
    region.provider,
    home.provider_name,
    home.home_iso3 as provider_home_iso3,
    region.region_id,
    region.location,
    region.iso3,
    region.latitude_deg,
    region.longitude_deg,
    region.known_at,
    'cloud_regions' as source_id
from {{ ref("stg_cloud_regions") }} as region
left join {{ ref("ref_provider_home") }} as home on region.provider = home.provider
where region.is_current
