-- How much carbon dioxide does the AI load add in each country?
-- Draw: ai_mtco2_low, ai_mtco2_central, ai_mtco2_high by iso3
-- Answer: partly — the load of question 14 times the country's own intensity; low and high are what was
-- added lately and what fossil plants emit. Contracts for green power are not credited.
select iso3, year, ai_mtco2_low, ai_mtco2_central, ai_mtco2_high, ci_avg_gco2_kwh, ci_year, ai_grade
from mart_country_power
where is_latest and ai_twh_central is not null
order by ai_mtco2_central desc nulls last, iso3
