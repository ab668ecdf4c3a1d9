-- Which countries are alike in whose cloud, chips and sites they have and in which camp they stand?
-- Answer: partly — countries grouped by territory, homes of cloud providers and chips, and posture. Which
-- cloud regions hold accelerators is not covered, so north and south are told apart nowhere.
select
    profile.l1_territory,
    profile.l2_providers,
    profile.l3_accelerators,
    alignment.posture,
    count(*) as n_countries,
    string_agg(profile.iso3, ' ' order by profile.iso3) as countries
from mart_sovereignty_profile as profile
left join mart_alignment as alignment on profile.iso3 = alignment.iso3 and alignment.is_latest
where profile.is_latest
group by profile.l1_territory, profile.l2_providers, profile.l3_accelerators, alignment.posture
order by
    n_countries desc, profile.l1_territory, profile.l2_providers, profile.l3_accelerators, alignment.posture
