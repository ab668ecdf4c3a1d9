-- How far do projects slip, by programme and country?
-- Answer: partly — days between the first target named and the newest or the actual one, of phases that run
-- or whose target was moved. Of the others nothing is known yet: n_open counts them, past_due_share those
-- that were seen not to run after their day, and unobserved_share those nobody has looked at since.
select
    programme,
    iso3,
    count(*) as n_phases,
    count(case when is_censored and slip_days is null then 1 end) as n_open,
    median(slip_days) as median_slip_days,
    quantile_cont(slip_days, 0.9) as p90_slip_days,
    avg(case when is_past_due then 1.0 else 0.0 end) as past_due_share,
    avg(case when is_unobserved then 1.0 else 0.0 end) as unobserved_share,
    avg(case when status in ('paused', 'cancelled') then 1.0 else 0.0 end) as stop_share
from mart_delivery
where is_latest and is_selected and first_target is not null
group by programme, iso3
order by n_phases desc, programme, iso3
