select
    announcement_id,
    'x' as role,
    'x' as org_id,
    cast(null as double) as share,
    'high' as confidence,
    known_at,
    source_id
from {{ ref("core_announcement") }}
where 1 = 0
