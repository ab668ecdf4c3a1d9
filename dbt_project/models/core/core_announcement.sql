with
    -- A reviewed file speaks for every day: each row carries the one from which it was known.
    dated as (select * from {{ ref("stg_ledger") }} where known_to is null),

    words as (
        select
            dated.deal_id,
            max(case when word.meaning = 'firm' then 1 else 0 end) as n_firm,
            max(case when word.meaning = 'intention' then 1 else 0 end) as n_intention,
            max(case when word.meaning = 'public_money' then 1 else 0 end) as n_public_money,
            max(case when word.meaning = 'denial' then 1 else 0 end) as n_denial
        from dated
        inner join
            {{ ref("ref_ledger_word") }} as word
            on lower(
                case
                    when word.field = 'ownership_notes'
                    then dated.ownership_notes
                    else dated.public_funding_notes
                end
            )
            like {{ dbt.concat(["'%'", "word.word", "'%'"]) }}
        group by dated.deal_id
    ),

    judged as (
        select
            dated.*,
            dated.event_type = 'financing'
            or (coalesce(words.n_firm, 0) = 1 and words.n_intention = 0) as is_contract_named,
            dated.site is not null as is_site_named,
            case
                when words.n_public_money = 1 then 'yes' when words.n_denial = 1 then 'no' else 'unknown'
            end as public_cofunding
        from dated
        left join words on dated.deal_id = words.deal_id
    ),

    staged as (
        select
            judged.*,
            case
                when stage = 'signed' and is_contract_named and is_site_named
                then 'signed_contract_site'
                when stage = 'signed' and is_contract_named
                then 'signed_contract'
                else stage
            end as stage_evidence
        from judged
    )

select
    staged.deal_id as announcement_id,
    staged.announcement_date as event_date,
    staged.date_precision,
    staged.known_at,
    staged.iso3,
    staged.scope,
    staged.program_family as programme,
    staged.program,
    staged.event_type,
    staged.stage,
    staged.stage_evidence,
    crosswalk.phase_stage,
    crosswalk.programme_stage,
    crosswalk.package_maturity,
    staged.lead_vendor,
    staged.local_partners,
    staged.components,
    staged.capacity_mw_announced,
    staged.capacity_mw_phase1,
    staged.capacity_mw_target,
    staged.gpu_count,
    staged.gpu_note,
    cast(staged.investment_amount as decimal(20, 2)) as investment_amount,
    staged.investment_currency,
    staged.investment_qualifier,
    staged.parent_deal_id as parent_announcement_id,
    staged.is_umbrella,
    staged.site,
    staged.is_site_named,
    staged.is_contract_named,
    staged.ownership_notes,
    staged.public_funding_notes,
    staged.public_cofunding,
    staged.sovereign_guarantee,
    staged.source_url,
    staged.evidence,
    staged.confidence,
    staged.review,
    'ledger' as source_id,
    least(
        {{ grade_score("evidence", "staged.evidence") }},
        {{ grade_score("confidence", "staged.confidence") }},
        {{ grade_score("review", "staged.review") }}
    ) as grade_score
from staged
left join {{ ref("ref_stage_crosswalk") }} as crosswalk on staged.stage_evidence = crosswalk.stage_evidence
