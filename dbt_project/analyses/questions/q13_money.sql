-- How much money is announced, committed and paid out, and how much of it is the host country's public
-- money?
-- Answer: partly — three stages kept apart and never added: what is committed was mostly announced before.
-- Disbursed money is almost never published, so an empty cell is unknown.
select
    iso3,
    sum(case when funding_stage = 'announced' then usd_central end) as announced_usd,
    sum(case when funding_stage = 'committed' then usd_central end) as committed_usd,
    sum(case when funding_stage = 'disbursed' then usd_central end) as disbursed_usd,
    sum(
        case when funding_stage = 'announced' and payer_type = 'host_government' then usd_central end
    ) as announced_by_host_usd,
    sum(
        case when funding_stage = 'committed' and payer_type = 'host_government' then usd_central end
    ) as committed_by_host_usd
from mart_finance
where is_latest
group by iso3
order by announced_usd desc nulls last, iso3
