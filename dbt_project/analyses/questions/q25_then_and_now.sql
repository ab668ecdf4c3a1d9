-- What was believed on 31 December 2025 of that day, and what is known of it now?
-- Answer: yes — both read from the stored histories. A side without a figure is one on which nothing was
-- known, and has no revision.
with
    told as (
        select
            iso3,
            max(case when history = 'as_known' then v_central_mw end) as as_then_mw,
            max(case when history = 'as_now' then v_central_mw end) as as_now_mw
        from mart_country_capacity
        where as_of = date '2025-12-31' and scope = 'ai' and basis = 'facility_mw' and stage = 'operational'
        group by iso3
    )

select iso3, as_then_mw, as_now_mw, as_now_mw / nullif(as_then_mw, 0) - 1 as revision_share
from told
order by abs(revision_share) desc nulls last, iso3
