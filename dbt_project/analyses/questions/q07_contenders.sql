-- What has happened in the United Kingdom, Germany and France since 7 May 2025?
-- Answer: partly — every event the ledger holds, of all programmes, with its address. Megawatts and money
-- are the headline of each event and never to be added up; empty where none was named.
select
    event_date,
    iso3,
    programme,
    program,
    event_type,
    phase_stage,
    capacity_mw_announced,
    investment_amount,
    investment_currency,
    source_url
from mart_announcement_ledger
where iso3 in ('GBR', 'DEU', 'FRA') and event_date >= date '2025-05-07'
order by event_date, iso3, announcement_id
