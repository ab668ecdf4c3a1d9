-- Ten countries were to get a first project: how many have signed, how many build, how many have a live
-- data centre?
-- Answer: yes — counted from dated events of the ledger, three counts side by side; most of what is signed
-- is no data centre. The ten are the vendor's own target for a first phase, none was named.
select
    programme,
    count(case when current_stage >= 3 then 1 end) as n_signed,
    count(case when p1_dc >= 2 then 1 end) as n_with_contracted_data_center,
    count(case when current_stage >= 5 and p1_dc >= 2 then 1 end) as n_building_data_center,
    count(case when p1_dc = 3 then 1 end) as n_live_data_center,
    count(case when current_stage = -1 then 1 end) as n_paused,
    count(*) as n_countries
from mart_country_programme
where is_latest and programme = 'openai_for_countries'
group by programme
