{% set chosen = ["value", "basis", "source_id", "known_at", "grade_score"] %}
{% set figure = "iso3, year, metric" %}
with
    days as (select distinct known_at as clock_known_at from {{ ref("core_clock") }}),

    candidates as (
        select fact.*, precedence.rank
        from {{ ref("core_electricity") }} as fact
        inner join
            {{ ref("ref_source_precedence") }} as precedence
            on fact.metric = precedence.metric
            and fact.source_id = precedence.source_id
    ),

    -- A choice stands from one day on which a source said something new of the figure to the next, so it is
    -- made once and not for every clock.
    changes as (
        select {{ figure }}, known_at as chosen_from
        from candidates
        union
        select {{ figure }}, known_to as chosen_from
        from candidates
        where known_to is not null
    ),

    spans as (
        select *, lead(chosen_from) over (partition by {{ figure }} order by chosen_from) as chosen_to
        from changes
    ),

    choices as (
        select
            {{ figure }},
            spans.chosen_from,
            spans.chosen_to,
            {% for column in chosen %}
                arg_min(fact.{{ column }}, fact.rank) as {{ column }}{% if not loop.last %},{% endif %}
            {% endfor %}
        from spans
        inner join candidates as fact using ({{ figure }})
        where {{ is_in_force("fact", "spans.chosen_from") }}
        group by {{ figure }}, spans.chosen_from, spans.chosen_to
    )

select days.clock_known_at, choices.* exclude(chosen_from, chosen_to)
from choices
inner join
    days
    on choices.chosen_from <= days.clock_known_at
    and (choices.chosen_to is null or choices.chosen_to > days.clock_known_at)
