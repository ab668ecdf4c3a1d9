select
    source_id,
    day,
    status,
    vintage_known_at,
    content_sha256,
    cast(n_rows as bigint) as n_rows,
    content_max_period,
    cast(vintage_age_days as bigint) as vintage_age_days,
    cast(content_age_days as bigint) as content_age_days,
    content_age_days > content_max_age_days as is_stale,
    checked_at,
    message,
    {{ clock("known_at") }} as known_at
from {{ source("raw", "calendar") }}
where day <= {{ clock("known_at") }}
