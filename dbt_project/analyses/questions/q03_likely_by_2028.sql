-- How much of the pipeline is likely to run by the end of 2028?
-- Draw: mw_p05, mw_p50, mw_p95 by iso3
-- Answer: partly — a simulation from stated odds per stage, from the fifth to the ninety-fifth percentile.
-- The odds are priors until enough projects have been seen to move; question 4 tells which are in force.
-- What names no megawatts is outside it.
select iso3, pipeline_mw, mw_p05, mw_p50, mw_p95, mw_p50 / nullif(pipeline_mw, 0) as expected_yield
from mart_capacity_outlook
where is_latest and horizon = date '2028-12-31'
order by mw_p50 desc nulls last, iso3
