select
    deal_id as announcement_id,
    role,
    org_id,
    share_pct,
    basis,
    confidence,
    note,
    source,
    known_at,
    'deal_parties' as source_id
from {{ ref("stg_deal_parties") }}
