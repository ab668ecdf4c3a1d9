with
    vintages as (
        select
            source_id,
            known_at,
            edition,
            content_sha256,
            n_rows,
            period_min,
            period_max,
            count(*) over (partition by source_id) as n_vintages,
            known_to
        from {{ source("raw", "vintage") }}
    )

select
    source.source_id,
    source.name,
    source.domain,
    source.publisher,
    source.homepage,
    source.description,
    source.licence_id,
    source.licence_url,
    source.attribution,
    source.is_redistributable,
    source.is_share_alike,
    cast(source.tier as bigint) as tier,
    source.history_class,
    source.cadence,
    source.transport,
    cast(source.content_max_age_days as bigint) as content_max_age_days,
    vintages.known_at as vintage_known_at,
    vintages.edition as vintage_edition,
    vintages.content_sha256,
    cast(vintages.n_rows as bigint) as n_rows,
    vintages.period_min,
    vintages.period_max,
    cast(coalesce(vintages.n_vintages, 0) as bigint) as n_vintages,
    {{ clock("known_at") }} as known_at
from {{ source("raw", "source") }} as source
left join vintages on source.source_id = vintages.source_id and vintages.known_to is null
