-- Where is most AI infrastructure running per person, and per unit of the economy?
-- Draw: mw_per_million_low, mw_per_million, mw_per_million_high by iso3
-- Answer: partly — the floor of question 1 over population and gross domestic product, which are of the
-- years beside them. No rank is meant for countries of fewer than a million people or grades D and E.
select
    capacity.iso3,
    1000000 * capacity.v_low_mw / nullif(country.population, 0) as mw_per_million_low,
    1000000 * capacity.v_central_mw / nullif(country.population, 0) as mw_per_million,
    1000000 * capacity.v_high_mw / nullif(country.population, 0) as mw_per_million_high,
    1000000000 * capacity.v_central_mw / nullif(cast(country.gdp_usd as double), 0) as mw_per_bn_usd,
    country.population,
    country.population_year,
    country.gdp_year,
    capacity.grade
from mart_country_capacity as capacity
inner join dim_country as country on capacity.iso3 = country.iso3
where
    capacity.is_latest
    and capacity.scope = 'ai'
    and capacity.basis = 'facility_mw'
    and capacity.stage = 'operational'
order by mw_per_million desc nulls last, capacity.iso3
