select
    party.deal_id as announcement_id,
    party.role,
    party.org_id,
    party.share_pct,
    party.basis,
    party.confidence,
    party.note,
    party.source,
    -- Nobody has a part in an event before the event is known.
    greatest(party.known_at, event.known_at) as known_at,
    'deal_parties' as source_id
from {{ ref("stg_deal_parties") }} as party
inner join {{ ref("core_announcement") }} as event on party.deal_id = event.announcement_id
