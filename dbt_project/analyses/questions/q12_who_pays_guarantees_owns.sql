-- Does the state co-fund or guarantee, and who owns the assets?
-- Answer: partly — yes and no only where a source says so; 'unknown' is most of the answer, because
-- contracts are unpublished, and it is shown as such.
select iso3, programme, public_cofunding, sovereign_guarantee, asset_owner_type, asset_owner_iso3, grade
from mart_country_programme
where is_latest
order by iso3, programme
