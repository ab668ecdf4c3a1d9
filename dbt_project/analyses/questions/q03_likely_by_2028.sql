-- How much of the pipeline is likely to run by the end of 2028?
-- Draw: online_low_mw, online_central_mw, online_high_mw by iso3
-- Answer: partly — the expected value from odds per stage, in closed form, and as many standard deviations to
-- either side as hold nine tenths of a normal spread, between nothing and all of the pipeline; no percentiles
-- where one phase carries the country (largest_phase_share). The odds lean on priors until enough phases have
-- been followed (is_prior); question 4 tells which. What names no megawatts is outside it.
select
    iso3,
    pipeline_mw,
    online_low_mw,
    online_central_mw,
    online_high_mw,
    yield_share,
    largest_phase_share,
    is_prior,
    grade
from mart_capacity_outlook
where is_latest and horizon = date '2028-12-31'
order by online_central_mw desc nulls last, iso3
