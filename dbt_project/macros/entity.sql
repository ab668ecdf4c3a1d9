{# The vintages an entity was in, with the day from which what they said of it was no longer in force: a later vintage
   speaks of it, or it has been missing for as many successful days as close it. One row per entity and vintage. #}
{% macro entity_vintages(relation, entity, source_id) -%}
    select
        entity_id,
        known_at,
        case when next_seen = superseded_at then next_seen else least(next_seen, closes_on) end as known_to
    from
        (
            select
                seen.entity_id,
                seen.known_at,
                lead(seen.known_at) over (partition by seen.entity_id order by seen.known_at) as next_seen,
                vintage.known_to as superseded_at,
                vintage.closes_on
            from (select distinct {{ entity }} as entity_id, known_at from {{ relation }}) as seen
            inner join
                {{ ref("core_vintage") }} as vintage
                on vintage.source_id = '{{ source_id }}'
                and seen.known_at = vintage.known_at
        ) as told
{%- endmacro %}
