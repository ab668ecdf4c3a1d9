-- Which countries host public cloud, and whose is it?
-- Answer: partly — countries grouped by territory and home of the providers, from a census of some
-- providers. Which regions hold accelerators is not covered, so north and south are told apart nowhere.
select l1_territory, l2_providers, count(*) as n_countries, string_agg(iso3, ' ' order by iso3) as countries
from mart_sovereignty_profile
where is_latest
group by l1_territory, l2_providers
order by n_countries desc, l1_territory, l2_providers
