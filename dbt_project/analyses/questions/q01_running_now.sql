-- How many megawatts of AI infrastructure run in each country now, from low to high?
-- Draw: v_low_mw, v_central_mw, v_high_mw by iso3
-- Answer: partly — a floor: sites seen from outside, else phases of the ledger that run and name megawatts. A
-- country without a row is not known to have none; n_phases_without_mw counts what runs without a known
-- size, where no other source tells of that stage in the country.
select iso3, v_low_mw, v_central_mw, v_high_mw, n_phases, n_phases_without_mw, grade, source_id
from mart_country_capacity
where is_latest and scope = 'ai' and basis = 'facility_mw' and stage = 'operational'
order by v_central_mw desc nulls last, iso3
