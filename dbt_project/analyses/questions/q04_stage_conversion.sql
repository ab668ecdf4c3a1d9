-- How often does a project move from one stage to the next within two years, and is that seen or assumed?
-- Draw: p05, p50, p95 by region, from_stage
-- Answer: partly — counts of projects seen to move and the range that follows; is_prior says where an
-- assumption still speaks instead of what was seen.
select region, from_stage, to_stage, n_at_risk, n_moved, p05, p50, p95, is_prior
from mart_stage_transition
where is_latest and horizon_months = 24
order by region, from_stage, to_stage
