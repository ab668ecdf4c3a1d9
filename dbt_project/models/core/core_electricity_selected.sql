{% set chosen = ["value", "basis", "source_id", "known_at", "grade_score"] %}
with
    days as (select distinct known_at as clock_known_at from {{ ref("core_clock") }}),

    candidates as (
        select days.clock_known_at, fact.*, precedence.rank
        from days
        inner join {{ ref("core_electricity") }} as fact on {{ is_in_force("fact", "days.clock_known_at") }}
        inner join
            {{ ref("ref_source_precedence") }} as precedence
            on fact.metric = precedence.metric
            and fact.source_id = precedence.source_id
    )

select
    clock_known_at,
    iso3,
    year,
    metric,
    {% for column in chosen %}
        arg_min({{ column }}, rank) as {{ column }}{% if not loop.last %},{% endif %}
    {% endfor %}
from candidates
group by clock_known_at, iso3, year, metric
