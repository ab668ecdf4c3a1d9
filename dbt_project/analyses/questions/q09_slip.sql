-- How far do projects slip, by programme and country?
-- Answer: partly — days between the first target named and the newest or the actual one, for projects that
-- ever named a date. What is past due without a word has no newer target and no slip yet: it is counted
-- beside, so the true slip is longer.
select
    programme,
    iso3,
    count(*) as n_phases,
    median(slip_days) as median_slip_days,
    quantile_cont(slip_days, 0.9) as p90_slip_days,
    avg(case when is_past_due then 1.0 else 0.0 end) as past_due_share,
    avg(case when status in ('paused', 'cancelled') then 1.0 else 0.0 end) as stop_share
from mart_delivery
where is_latest and first_target is not null
group by programme, iso3
order by n_phases desc, programme, iso3
