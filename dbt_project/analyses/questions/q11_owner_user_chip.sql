-- Whose are the assets, who uses them and whose chips are in them, by country?
-- Answer: partly — the leading home of each layer and the least share it has when everything unknown
-- belongs to others, of phases that run or are in the pipeline, each as one. Owners of many sites are not
-- told.
select
    iso3,
    max(case when layer = 'asset_owner' then top_home_iso3 end) as owner_home_iso3,
    max(case when layer = 'asset_owner' then top_home_min end) as owner_home_share_min,
    max(case when layer = 'offtaker' then top_home_iso3 end) as user_home_iso3,
    max(case when layer = 'offtaker' then top_home_min end) as user_home_share_min,
    max(case when layer = 'chip_vendor' then top_home_iso3 end) as chip_home_iso3,
    max(case when layer = 'chip_vendor' then top_home_min end) as chip_home_share_min
from mart_platform_dependency
where is_latest and stage_set = 'pipeline_and_operational' and weight_basis = 'n_phases'
group by iso3
order by iso3
