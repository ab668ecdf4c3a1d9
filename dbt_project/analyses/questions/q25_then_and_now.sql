-- What was believed on 31 December 2025 to run on that day, and what is known of it now?
-- Answer: partly — both read from the stored histories. The change holds what was revised and what came into
-- view since: mart_revision tells the revision of the same sites alone. A side without a figure is one on
-- which nothing was known.
with
    told as (
        select
            iso3,
            max(case when history = 'as_known' then v_central_mw end) as operational_then_mw,
            max(case when history = 'as_now' then v_central_mw end) as operational_now_mw
        from mart_country_capacity
        where as_of = date '2025-12-31' and scope = 'ai' and basis = 'facility_mw' and stage = 'operational'
        group by iso3
    )

select
    iso3,
    operational_then_mw,
    operational_now_mw,
    operational_now_mw / nullif(operational_then_mw, 0) - 1 as change_share
from told
order by abs(change_share) desc nulls last, iso3
