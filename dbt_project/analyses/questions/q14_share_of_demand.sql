-- In which ten countries does AI take the largest share of electricity demand?
-- Draw: ai_share_demand_low, ai_share_demand_central, ai_share_demand_high by iso3
-- Answer: partly — a floor with a corner range, against the latest year with known demand. Countries
-- without known running megawatts have no share, which is not a share of zero.
select
    iso3,
    year,
    ai_share_demand_low,
    ai_share_demand_central,
    ai_share_demand_high,
    ai_twh_central,
    demand_twh,
    denominators_provisional,
    ai_grade
from mart_country_power
where is_latest and ai_twh_central is not null
order by ai_share_demand_central desc nulls last, iso3
limit 10
