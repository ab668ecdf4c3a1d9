-- Does the state co-fund or guarantee, and who owns the assets?
-- Answer: partly — yes and no only where a source says so; 'unknown' is most of the answer, because
-- contracts are unpublished, and it is shown as such.
select
    iso3,
    programme,
    public_cofunding,
    sovereign_guarantee,
    guarantee_types,
    asset_owners,
    asset_owner_homes,
    is_codeveloped,
    grade
from mart_country_programme
where is_latest
order by iso3, programme
