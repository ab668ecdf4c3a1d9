-- How often does a phase move from one stage to the next within a year, and is that seen or assumed?
-- Draw: p05, p50, p95 by region, from_stage
-- Answer: partly — counts of phases seen to move and the range that follows; is_prior says where an
-- assumption still weighs at least as much as what was seen, prior_weight_share how much of the whole it is.
select region, from_stage, to_stage, n_at_risk, n_moved, p05, p50, p95, prior_weight_share, is_prior
from mart_stage_transition
where is_latest and horizon_months = 12
order by region, from_stage, to_stage
