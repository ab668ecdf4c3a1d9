-- Has running capacity become less concentrated in few countries?
-- Answer: partly — bounds of the Herfindahl index for all sites known and for the same sites throughout: a
-- list that grows looks like diversification, so a trend holds only where both panels show it.
select as_of, panel, hhi_min, hhi_max, n_eff_min, n_eff_max, n_countries, coverage_est
from mart_global_concentration
where
    history = 'as_now' and attribution = 'host' and weight_basis = 'facility_mw' and stage_set = 'operational'
order by as_of, panel
