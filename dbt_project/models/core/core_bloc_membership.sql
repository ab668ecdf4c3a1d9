{% set facts = ["member", "iso3", "bloc_id", "bloc_name", "pole", "role", "valid_from"] %}
with
    -- A reviewed file speaks for every day: each row carries the one from which it was known.
    told as (select * from {{ ref("stg_bloc_memberships") }} where known_to is null),

    versions as (
        -- Before its end was public, a membership was known as one without an end.
        select
            {{ facts | join(", ") }},
            cast(null as date) as valid_to,
            source,
            confidence,
            known_at,
            end_known_from as known_to
        from told
        where end_known_from > known_at
        union all
        select
            {{ facts | join(", ") }},
            valid_to,
            source,
            confidence,
            case when end_known_from > known_at then end_known_from else known_at end as known_at,
            cast(null as date) as known_to
        from told
    )

select
    {{ facts | join(", ") }},
    valid_to,
    (
        select max(p.value)
        from {{ ref("ref_parameter") }} as p
        where p.parameter = {{ dbt.concat(["'bloc_role_counts.'", "versions.role"]) }}
    )
    = 1 as is_counted,
    source as source_url,
    confidence,
    {{ grade_score("confidence", "versions.confidence") }} as grade_score,
    'bloc_memberships' as source_id,
    known_at,
    known_to
from versions
