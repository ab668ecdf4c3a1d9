-- What is announced, committed, under construction and running in each country, in megawatts?
-- Answer: partly — every stage for which a source names megawatts, central figures; n_phases_without_mw
-- counts what names none. An empty stage is unknown, not zero. Megawatts of different stages are different
-- works and are not added up.
select
    iso3,
    sum(case when stage = 'announced' then v_central_mw end) as announced_mw,
    sum(case when stage = 'committed' then v_central_mw end) as committed_mw,
    sum(case when stage = 'under_construction' then v_central_mw end) as under_construction_mw,
    sum(case when stage = 'operational' then v_central_mw end) as operational_mw,
    sum(case when stage = 'paused' then v_central_mw end) as paused_mw,
    sum(n_phases_without_mw) as n_phases_without_mw
from mart_country_capacity
where is_latest and scope = 'ai' and basis = 'facility_mw'
group by iso3
order by operational_mw desc nulls last, announced_mw desc nulls last, iso3
