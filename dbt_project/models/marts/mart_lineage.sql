{# What a leg tells: whose row, which figure, and what it was read from. A mart to come adds a leg to one of these. Its
   row_key is the grain of the mart without history, iso3, as_of and known_at, as key=value joined by commas in the order
   of its unique_grain test. A vintage_known_at of NULL is the newest vintage: a reviewed file is read whole, for every
   day. #}
{% set legs = ["lineage_figure", "lineage_profile", "lineage_row"] %}
with
    newest as (select source_id, known_at from {{ ref("core_vintage") }} where known_to is null),

    all_legs as (
        {% for name in legs %}
            select *
            from {{ ref(name) }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )

select
    legs.mart,
    clock.history,
    legs.iso3,
    clock.as_of,
    clock.known_at,
    coalesce({{ is_latest("clock") }}, true) as is_latest,
    legs.row_key,
    legs.figure,
    cast(legs.value as double) as value,
    legs.source_id,
    legs.item,
    legs.item_known_at,
    legs.item_address,
    vintage.known_at as vintage_known_at,
    vintage.edition,
    vintage.basis as vintage_basis,
    vintage.address,
    vintage.raw_sha256,
    vintage.content_sha256,
    source.licence_id,
    source.attribution
from all_legs as legs
left join {{ ref("core_clock") }} as clock on legs.clock_id = clock.clock_id
left join newest on legs.source_id = newest.source_id
left join
    {{ ref("core_vintage") }} as vintage
    on legs.source_id = vintage.source_id
    and vintage.known_at = coalesce(legs.vintage_known_at, newest.known_at)
left join {{ ref("core_source") }} as source on legs.source_id = source.source_id
