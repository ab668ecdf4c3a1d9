select
    iso3,
    iso2,
    name,
    region,
    subregion,
    income_level,
    is_un_member,
    population,
    population_year,
    gdp_usd,
    gdp_year,
    code_source_id,
    region_source_id,
    population_source_id,
    gdp_source_id,
    known_at
from {{ ref("core_country") }}
