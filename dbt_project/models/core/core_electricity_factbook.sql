-- Two profiles of one country repeat the same joint electricity figures, so the largest is taken, not the
-- sum.
select
    iso3,
    electricity_year as year,
    known_at,
    max(consumption_twh) as consumption_twh,
    max(imports_twh) as imports_twh,
    max(exports_twh) as exports_twh,
    max(losses_twh) as losses_twh,
    max(installed_capacity_gw) as capacity_gw
from {{ ref("stg_world_factbook") }}
where iso3 is not null and electricity_year is not null
group by iso3, electricity_year, known_at
