-- Which assumption moves a country's rank most?
-- Answer: yes — the share of demand with each assumption alone at its low and its high end, and the rank it
-- then has: moved for all countries, and moved for this one alone.
select iso3, parameter, v_at_low, v_at_high, rank_low, rank_high, alone_rank_low, alone_rank_high
from mart_sensitivity
where is_latest and metric = 'ai_share_demand'
order by iso3, abs(v_at_high - v_at_low) desc nulls last, parameter
