-- Of the four parts of the package, what is announced, contracted and delivered in each country?
-- Answer: partly — four maturities from 0 to 3 and three counts, never an average. 0 says that no source
-- tells of the part; terms of contracts are mostly unpublished.
select
    iso3,
    stage_label,
    pkg_announced,
    pkg_contracted,
    pkg_delivered,
    p1_dc,
    p2_models,
    p3_fund,
    p4_safety,
    reciprocal,
    grade
from mart_country_programme
where is_latest and programme = 'openai_for_countries'
order by pkg_delivered desc, pkg_contracted desc, pkg_announced desc, iso3
