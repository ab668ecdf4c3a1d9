select
    announcement.announcement_id,
    announcement.event_date,
    announcement.date_precision,
    announcement.known_at,
    announcement.iso3,
    announcement.scope,
    announcement.programme,
    announcement.program,
    announcement.event_type,
    announcement.stage,
    announcement.phase_stage,
    cast(announcement.programme_stage as bigint) as programme_stage,
    announcement.lead_vendor,
    announcement.local_partners,
    announcement.components,
    announcement.capacity_mw_announced,
    announcement.capacity_mw_phase1,
    announcement.capacity_mw_target,
    cast(announcement.gpu_count as bigint) as gpu_count,
    announcement.gpu_note,
    announcement.investment_amount,
    announcement.investment_currency,
    announcement.investment_qualifier,
    cast(term.investment_usd as decimal(20, 2)) as investment_usd,
    term.funding_stage,
    term.payer_type,
    term.instrument,
    term.counterparty_type,
    term.status_reason,
    cast(term.n_jobs_claimed as bigint) as n_jobs_claimed,
    announcement.parent_announcement_id,
    chain.chain_id,
    announcement.is_umbrella,
    chain.recency_in_chain = 1 as is_latest_in_chain,
    deal.is_container,
    announcement.is_contract_named,
    announcement.site,
    announcement.sovereign_guarantee,
    announcement.ownership_notes,
    announcement.public_funding_notes,
    announcement.source_url,
    announcement.evidence,
    announcement.confidence,
    announcement.review,
    announcement.source_id,
    {{ grade_letter("announcement.grade_score") }} as grade,
    {{ assumption_set_id() }} as assumption_set_id
from {{ ref("core_announcement") }} as announcement
left join
    {{ ref("core_deal_term") }} as term
    on announcement.announcement_id = term.announcement_id
    and term.known_at <= {{ clock("known_at") }}
left join
    {{ ref("core_chain_event") }} as chain
    on announcement.announcement_id = chain.announcement_id
    and chain.clock_id = {{ latest_clock_id() }}
left join
    {{ ref("core_deal_chain") }} as deal on chain.clock_id = deal.clock_id and chain.chain_id = deal.chain_id
