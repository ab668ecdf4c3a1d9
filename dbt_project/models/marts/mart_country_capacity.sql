with
    chains as (select * from {{ ref("core_deal_chain") }} where iso3 is not null and not is_container),

    -- A chain about chat, funds or rules alone has no megawatts to know.
    sites as (
        select chains.*
        from chains
        where
            exists (
                select 1
                from {{ ref("core_chain_event") }} as event
                where event.chain_id = chains.chain_id and event.components like '%data_center%'
            )
    ),

    totals as (
        select
            iso3,
            phase_stage as stage,
            sum(stated_mw) as stated_mw,
            sum(ambition_mw) as ambition_mw,
            count(*) as n_phases,
            sum(case when stated_mw is null then 1 else 0 end) as n_phases_without_mw,
            count(distinct source_id) as n_sources,
            min(source_id) as source_id,
            min(grade_score) as grade_score
        from sites
        group by iso3, phase_stage
    )

select
    iso3,
    {{ clock("as_of") }} as as_of,
    {{ clock("known_at") }} as known_at,
    'ai' as scope,
    'facility_mw' as basis,
    stage,
    round(stated_mw * {{ parameter("mw_band.company_stated", "low") }}, 3) as v_low_mw,
    round(stated_mw * {{ parameter("mw_band.company_stated", "central") }}, 3) as v_central_mw,
    round(stated_mw * {{ parameter("mw_band.company_stated", "high") }}, 3) as v_high_mw,
    ambition_mw,
    cast(n_phases as bigint) as n_phases,
    cast(n_phases_without_mw as bigint) as n_phases_without_mw,
    cast(n_sources as bigint) as n_sources,
    source_id,
    {{ grade_letter("grade_score") }} as grade,
    {{ assumption_set_id() }} as assumption_set_id
from totals
