-- How much money is announced, committed and paid out, and how much of it is the host country's public
-- money?
-- Answer: partly — three stages kept apart and never added: what is committed was mostly announced before.
-- Disbursed money is almost never published, so an empty cell is unknown.
select
    area,
    sum(case when funding_stage = 'announced' then central_usd end) as announced_usd,
    sum(case when funding_stage = 'committed' then central_usd end) as committed_usd,
    sum(case when funding_stage = 'disbursed' then central_usd end) as disbursed_usd,
    sum(
        case when funding_stage = 'announced' and payer_type = 'host_government' then central_usd end
    ) as announced_by_host_usd,
    sum(
        case when funding_stage = 'committed' and payer_type = 'host_government' then central_usd end
    ) as committed_by_host_usd
from mart_finance
where is_latest
group by area
order by announced_usd desc nulls last, area
