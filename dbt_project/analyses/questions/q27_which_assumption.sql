-- Which assumption moves a country's rank most?
-- Answer: partly — of the four assumptions behind the load, the share of demand with each at its low and its
-- high end, and the rank a country then has: moved for all countries, and moved for this one alone.
select
    iso3,
    parameter,
    v_at_low,
    v_at_high,
    rank_central,
    rank_low,
    rank_high,
    alone_rank_low,
    alone_rank_high,
    greatest(abs(alone_rank_low - rank_central), abs(alone_rank_high - rank_central)) as rank_move
from mart_sensitivity
where is_latest and metric = 'ai_share_demand'
order by rank_move desc, iso3, abs(v_at_high - v_at_low) desc nulls last, parameter
