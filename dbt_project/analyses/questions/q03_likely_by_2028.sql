-- How much of the pipeline is likely to run by the end of 2028?
-- Draw: mw_p05, mw_p50, mw_p95 by iso3
-- Answer: partly — from stated odds per stage, in closed form, from the fifth to the ninety-fifth percentile;
-- p50 is the mean. The odds are priors until projects have been seen to move; question 4 tells which are.
-- What names no megawatts is outside it.
select iso3, pipeline_mw, mw_p05, mw_p50, mw_p95, mw_p50 / nullif(pipeline_mw, 0) as expected_yield
from mart_capacity_outlook
where is_latest and horizon = date '2028-12-31'
order by mw_p50 desc nulls last, iso3
