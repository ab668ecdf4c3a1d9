with
    -- Only what was known on the day itself tells how phases moved: a later edition rewrites the start too.
    clocks as (select * from {{ ref("core_clock") }} where history = 'as_known'),

    horizons as (
        select value as months
        from {{ ref("ref_parameter") }}
        where parameter like 'transition_horizon_months.%' and scenario = 'central'
    )

-- A day later and back again, so that the end of February answers the end of February.
select
    clocks.clock_id,
    cast(horizons.months as bigint) as horizon_months,
    clocks.known_at,
    clocks.is_latest,
    max(cohort.as_of) as cohort_at
from clocks
cross join horizons
left join
    clocks as cohort
    on cohort.as_of
    <
    {{ dbt.dateadd("month", "cast(-horizons.months as integer)", dbt.dateadd("day", 1, "clocks.known_at")) }}
group by clocks.clock_id, clocks.known_at, clocks.is_latest, horizons.months
