select
    source_id,
    day,
    status,
    vintage_known_at,
    content_sha256,
    cast(n_rows as bigint) as n_rows,
    content_max_period,
    cast(stale_days as bigint) as stale_days,
    checked_at,
    message,
    {{ clock("known_at") }} as known_at
from {{ source("raw", "calendar") }}
where day <= {{ clock("known_at") }}
