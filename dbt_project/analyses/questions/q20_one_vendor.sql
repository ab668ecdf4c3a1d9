-- Which countries hang on one organisation for half or more of a layer, even if everything unknown were
-- someone else's?
-- Answer: partly — the lower bound is proof against what is unknown; a country that is not listed may still
-- depend, see unknown_share.
select iso3, layer, stage_set, weight_basis, top_org_id, top_org_min, top_org_max, unknown_share
from mart_platform_dependency
where is_latest and top_org_min >= 0.5
order by top_org_min desc, iso3, layer, stage_set, weight_basis
