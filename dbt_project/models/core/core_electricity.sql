{% set told = ["iso3", "year", "metric", "value", "basis", "source_id", "grade_score"] %}
with
    -- Most editions repeat what the one before said: that is one fact, known since the first of them.
    marked as (
        select
            edition.*,
            case
                when
                    lag(value) over figure = value
                    and lag(basis) over figure = basis
                    and lag(known_to) over figure = known_at
                then 0
                else 1
            end as is_new
        from {{ ref("core_electricity_edition") }} as edition
        window figure as (partition by source_id, iso3, year, metric order by known_at)
    ),

    numbered as (
        select
            marked.*,
            sum(is_new) over (partition by source_id, iso3, year, metric order by known_at) as version
        from marked
    )

select
    {{ told | join(", ") }},
    min(known_at) as known_at,
    case when count(known_to) = count(*) then max(known_to) end as known_to
from numbered
group by {{ told | join(", ") }}, version
