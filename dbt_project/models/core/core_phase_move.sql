{% set phase = "clock_id, horizon_months, phase_id" %}
with
    spans as (select * from {{ ref("core_cohort") }}),

    clocks as (select clock_id, as_of from {{ ref("core_clock") }} where history = 'as_known'),

    -- The steps of a site lie on each other: what has reached a stage is what is in it and beyond.
    phases as (
        select
            phase.*,
            clocks.as_of,
            {{ stage_rank("phase.stage") }} as stage_rank,
            phase.phase_id like 'ledger:%' as is_chain,
            sum({{ exact("phase.v_central_mw") }}) over (
                partition by phase.clock_id, phase.project_id, phase.phase_id like 'ledger:%'
                order by {{ stage_rank("phase.stage") }} desc
            ) as reached_mw
        from {{ ref("core_capacity_phase") }} as phase
        inner join clocks on phase.clock_id = clocks.clock_id
    ),

    at_risk as (
        select
            spans.clock_id,
            spans.horizon_months,
            spans.cohort_at,
            phases.phase_id,
            phases.source_id,
            phases.is_chain,
            phases.project_id,
            phases.iso3,
            phases.stage,
            phases.reached_mw
            - (1 - {{ parameter("transition_share_moved") }}) * phases.v_central_mw as moved_from_mw
        from spans
        inner join phases on spans.cohort_at = phases.as_of and phases.is_selected
    ),

    site_now as (
        select
            at_risk.clock_id,
            at_risk.horizon_months,
            at_risk.phase_id,
            max(phases.stage_rank) as stage_rank,
            arg_max(phases.stage, phases.stage_rank) as stage
        from at_risk
        inner join
            phases
            on at_risk.clock_id = phases.clock_id
            and at_risk.project_id = phases.project_id
            and not phases.is_chain
            and (at_risk.is_chain or phases.reached_mw >= at_risk.moved_from_mw)
        group by at_risk.clock_id, at_risk.horizon_months, at_risk.phase_id
    ),

    -- Where a site stood when the span began is often told only by a later vintage: what it had reached by
    -- then is no move.
    site_states as (
        select
            spans.clock_id,
            spans.horizon_months,
            state.project_id,
            state.timeline_name,
            state.state_date,
            state.facility_power_mw,
            case
                when coalesce(state.buildings_operational, 1) > 0 then state.facility_power_mw else 0
            end as running_mw,
            state.state_date <= least(state.known_at, spans.cohort_at) as is_before
        from spans
        inner join {{ ref("core_site_state") }} as state on {{ is_in_force("state", "spans.known_at") }}
    ),

    timelines_before as (
        select
            clock_id,
            horizon_months,
            project_id,
            coalesce(arg_max(case when is_before then running_mw end, state_date), 0) as running_mw,
            coalesce(
                min(case when not is_before and facility_power_mw > 0 then facility_power_mw end), 0
            ) as next_mw
        from site_states
        group by clock_id, horizon_months, project_id, timeline_name
        having count(case when is_before then 1 end) > 0
    ),

    site_before as (
        select clock_id, horizon_months, project_id, 'operational' as stage, sum(running_mw) as reached_mw
        from timelines_before
        where running_mw > 0
        group by clock_id, horizon_months, project_id
        union all
        select
            clock_id,
            horizon_months,
            project_id,
            'under_construction' as stage,
            sum(case when running_mw > 0 then running_mw else next_mw end) as reached_mw
        from timelines_before
        group by clock_id, horizon_months, project_id
    ),

    -- A chain may have joined another since, which is then its own; one that became a container is followed
    -- no longer, as its parts are chains themselves.
    chain_now as (
        select
            at_risk.clock_id,
            at_risk.horizon_months,
            at_risk.phase_id,
            phases.stage,
            phases.stage_rank,
            before.stage as stage_before
        from at_risk
        inner join
            {{ ref("core_chain_event") }} as event
            on at_risk.clock_id = event.clock_id
            and at_risk.phase_id = {{ dbt.concat(["'ledger:'", "event.announcement_id"]) }}
        inner join
            phases
            on event.clock_id = phases.clock_id
            and phases.phase_id = {{ dbt.concat(["'ledger:'", "event.chain_id"]) }}
        left join phases as before on at_risk.cohort_at = before.as_of and phases.phase_id = before.phase_id
    ),

    stood as (
        select
            {{ phase }},
            max({{ stage_rank("stage") }}) as stage_rank,
            arg_max(stage, {{ stage_rank("stage") }}) as stage
        from
            (
                select at_risk.clock_id, at_risk.horizon_months, at_risk.phase_id, site_before.stage
                from at_risk
                inner join
                    site_before
                    on at_risk.clock_id = site_before.clock_id
                    and at_risk.horizon_months = site_before.horizon_months
                    and at_risk.project_id = site_before.project_id
                    and (at_risk.is_chain or site_before.reached_mw >= at_risk.moved_from_mw)
                union all
                select {{ phase }}, stage_before as stage
                from chain_now
            ) as told
        group by {{ phase }}
    )

select
    at_risk.clock_id,
    at_risk.horizon_months,
    at_risk.phase_id,
    at_risk.source_id,
    at_risk.iso3,
    at_risk.is_chain,
    at_risk.stage as from_stage,
    case
        when stood.stage_rank > coalesce({{ stage_rank("at_risk.stage") }}, 0)
        then stood.stage
        else at_risk.stage
    end as stage_before,
    chain_now.stage as chain_stage,
    case
        when site_now.stage_rank > coalesce(chain_now.stage_rank, 0)
        then site_now.stage
        when chain_now.stage_rank is not null
        then chain_now.stage
    end as reached_stage
from at_risk
left join site_now using ({{ phase }})
left join chain_now using ({{ phase }})
left join stood using ({{ phase }})
where not at_risk.is_chain or chain_now.phase_id is not null
