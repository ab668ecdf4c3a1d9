with
    phases as (
        select
            phase.clock_id,
            phase.phase_id,
            phase.project_id,
            phase.stage,
            clock.as_of,
            clock.known_at,
            case when phase.source_id = 'ledger' then replace(phase.phase_id, 'ledger:', '') end as chain_id
        from {{ ref("core_capacity_phase") }} as phase
        inner join {{ ref("core_clock") }} as clock on phase.clock_id = clock.clock_id
        where phase.is_selected
    ),

    -- A site of Epoch AI has the events of every chain that names its project; a chain has its own.
    phase_chains as (
        select clock_id, known_at as clock_known_at, phase_id, chain_id
        from phases
        where chain_id is not null
        union
        select phases.clock_id, phases.known_at as clock_known_at, phases.phase_id, named.chain_id
        from phases
        inner join
            {{ ref("ref_project_alias") }} as alias
            on phases.project_id = alias.project_id
            and alias.source_id = 'ledger'
        inner join
            {{ ref("core_chain_event") }} as named
            on phases.clock_id = named.clock_id
            and alias.source_key = named.announcement_id
        where phases.chain_id is null
    ),

    -- The latest event that names anybody for a role speaks for it.
    ledger as (
        select
            phase_chains.clock_id,
            phase_chains.phase_id,
            party.role,
            party.org_id,
            party.share_pct / 100 as share,
            party.confidence,
            party.source_id,
            rank() over (
                partition by phase_chains.clock_id, phase_chains.phase_id, party.role
                order by event.event_date desc, event.known_at desc, event.announcement_id desc
            ) as recency
        from phase_chains
        inner join
            {{ ref("core_chain_event") }} as event
            on phase_chains.clock_id = event.clock_id
            and phase_chains.chain_id = event.chain_id
        inner join
            {{ ref("core_deal_party") }} as party
            on event.announcement_id = party.announcement_id
            and party.known_at <= phase_chains.clock_known_at
    ),

    sites as (
        select phases.clock_id, phases.phase_id, party.layer, party.org_id, party.confidence, party.source_id
        from phases
        inner join
            {{ ref("core_site_party") }} as party
            on phases.project_id = party.project_id
            and {{ is_in_force("party", "phases.known_at") }}
        where phases.chain_id is null
    ),

    -- What runs is made of the chips that stood there by the day asked about, a plan of those still to come.
    chips as (
        select distinct phases.clock_id, phases.phase_id, chip.org_id, chip.source_id
        from phases
        inner join
            {{ ref("core_site_chip") }} as chip
            on phases.project_id = chip.project_id
            and {{ is_in_force("chip", "phases.known_at") }}
            and (phases.stage = 'operational') = (chip.state_date <= phases.as_of)
        where phases.chain_id is null
    ),

    told as (
        select clock_id, phase_id, layer, org_id, null as share, confidence, source_id, 1 as precedence
        from sites
        union all
        select clock_id, phase_id, 'chip_vendor' as layer, org_id, null, 'medium' as confidence, source_id, 1
        from chips
        union all
        select clock_id, phase_id, role as layer, org_id, share, confidence, source_id, 2
        from ledger
        where recency = 1
        union all
        -- Whoever runs a cloud owns its accelerators unless another owner is named.
        select clock_id, phase_id, 'compute_owner' as layer, org_id, share, confidence, source_id, 3
        from ledger
        where recency = 1 and role = 'operator'
    ),

    chosen as (
        select told.*, min(precedence) over (partition by clock_id, phase_id, layer) as first_precedence
        from told
        -- A guess names nobody.
        where confidence <> 'low' and org_id is not null
    )

select
    chosen.clock_id,
    chosen.phase_id,
    chosen.layer,
    chosen.org_id,
    organisation.ultimate_home_iso3 as home_iso3,
    cast(chosen.share as double) as share,
    chosen.confidence,
    {{ grade_score("confidence", "chosen.confidence") }} as grade_score,
    chosen.source_id
from chosen
inner join {{ ref("core_clock") }} as clock on chosen.clock_id = clock.clock_id
left join
    {{ ref("core_organisation") }} as organisation
    on chosen.org_id = organisation.org_id
    and {{ is_in_force("organisation", "clock.known_at") }}
    and {{ is_valid("organisation", "clock.as_of") }}
where chosen.precedence = chosen.first_precedence
