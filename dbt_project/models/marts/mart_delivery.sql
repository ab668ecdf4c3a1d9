with
    -- A target is what was said at the time, so looked back upon it is no other than it was known then.
    clocks as (
        select *, {{ is_latest("clock") }} as is_newest
        from {{ ref("core_clock") }} as clock
        where history = 'as_known' or {{ is_latest("clock") }}
    ),

    statements as (
        select
            clocks.clock_id,
            target.target_key as phase_id,
            target.*,
            {{ is_in_force("target", "clocks.known_at") }} as is_listed
        from clocks
        inner join
            {{ ref("core_target") }} as target
            on target.known_at <= clocks.known_at
            and target.source_id <> 'ledger'
        union all
        select
            clocks.clock_id,
            {{ dbt.concat(["'ledger:'", "event.chain_id"]) }} as phase_id,
            target.*,
            true as is_listed
        from clocks
        inner join {{ ref("core_chain_event") }} as event on clocks.clock_id = event.clock_id
        inner join
            {{ ref("core_target") }} as target
            on target.source_id = 'ledger'
            and event.announcement_id = target.target_key
            and target.known_at <= clocks.known_at
    ),

    dated as (
        select
            clock_id,
            phase_id,
            target_from,
            target_date,
            known_at,
            lag(target_from) over (
                partition by clock_id, phase_id order by known_at, target_key
            ) as earlier_from,
            lag(target_date) over (
                partition by clock_id, phase_id order by known_at, target_key
            ) as earlier_target,
            row_number() over (partition by clock_id, phase_id order by known_at, target_key) as place,
            row_number() over (
                partition by clock_id, phase_id order by known_at desc, target_key desc
            ) as recency
        from statements
        where target_date is not null
    ),

    -- A quarter named within the year promised before is no new target.
    targets as (
        select
            clock_id,
            phase_id,
            max(case when place = 1 then known_at end) as first_stated_at,
            max(case when place = 1 then target_from end) as first_target_from,
            max(case when place = 1 then target_date end) as first_target,
            max(case when recency = 1 then target_date end) as last_target,
            sum(
                case
                    when
                        abs({{ days_outside("target_date", "earlier_from", "earlier_target") }})
                        > {{ parameter("target_tolerance_days") }}
                    then 1
                    else 0
                end
            ) as n_retargets
        from dated
        group by clock_id, phase_id
    ),

    sites as (
        select
            statements.*,
            row_number() over (partition by clock_id, phase_id order by known_at desc) as recency
        from statements
        where source_id <> 'ledger'
    ),

    online as (
        select clock_id, chain_id, min(event_date) as online_date
        from {{ ref("core_chain_event") }}
        where phase_stage = 'operational' and is_stage_deciding
        group by clock_id, chain_id
    ),

    programmes as (
        select clocks.clock_id, alias.project_id, min(announcement.programme) as programme
        from clocks
        inner join {{ ref("core_announcement") }} as announcement on announcement.known_at <= clocks.known_at
        inner join
            {{ ref("ref_project_alias") }} as alias
            on announcement.announcement_id = alias.source_key
            and alias.source_id = 'ledger'
        group by clocks.clock_id, alias.project_id
    ),

    phases as (
        select
            sites.clock_id,
            sites.phase_id,
            sites.project_id,
            sites.iso3,
            programmes.programme,
            cast(null as date) as announced_date,
            sites.online_date as actual_online,
            case
                when sites.online_date is not null
                then 'operational'
                when not sites.is_listed or sites.target_date is null
                then 'dropped'
            end as own_status,
            sites.step_mw as mw_announced,
            sites.online_mw as mw_online,
            sites.known_at as observed_at,
            cast(null as {{ dbt.type_string() }}) as offtaker_initial,
            cast(null as {{ dbt.type_string() }}) as offtaker_current,
            sites.status_reason,
            true as is_selected,
            sites.source_id,
            least(
                {{ grade_score("tier", "cast(source.tier as " ~ dbt.type_string() ~ ")") }},
                {{ grade_score("basis", "'modelled'") }}
            ) as grade_score
        from sites
        left join
            programmes on sites.clock_id = programmes.clock_id and sites.project_id = programmes.project_id
        left join {{ ref("core_source") }} as source on sites.source_id = source.source_id
        where sites.recency = 1 and sites.iso3 is not null
        union all
        select
            phase.clock_id,
            phase.phase_id,
            phase.project_id,
            phase.iso3,
            chain.programme,
            chain.first_event_date as announced_date,
            case when phase.stage = 'operational' then online.online_date end as actual_online,
            case
                when phase.stage in ('operational', 'paused', 'cancelled') then phase.stage
            end as own_status,
            coalesce(phase.stated_mw, phase.ambition_mw) as mw_announced,
            case when phase.stage = 'operational' then phase.stated_mw else 0 end as mw_online,
            chain.last_event_date as observed_at,
            takers.offtaker_initial,
            takers.offtaker_current,
            reason.status_reason,
            phase.is_selected,
            phase.source_id,
            phase.grade_score
        from {{ ref("core_capacity_phase") }} as phase
        inner join
            {{ ref("core_deal_chain") }} as chain
            on phase.clock_id = chain.clock_id
            and phase.phase_id = {{ dbt.concat(["'ledger:'", "chain.chain_id"]) }}
        left join online on chain.clock_id = online.clock_id and chain.chain_id = online.chain_id
        left join
            {{ ref("core_chain_offtaker") }} as takers
            on chain.clock_id = takers.clock_id
            and chain.chain_id = takers.chain_id
        inner join clocks on chain.clock_id = clocks.clock_id
        left join
            {{ ref("core_target") }} as reason
            on chain.stage_announcement_id = reason.target_key
            and reason.source_id = 'ledger'
            and reason.known_at <= clocks.known_at
    ),

    aimed as (
        select
            phases.*,
            targets.first_stated_at,
            targets.first_target_from,
            targets.first_target,
            case
                when own_status in ('dropped', 'cancelled') then null else targets.last_target
            end as current_target,
            coalesce(targets.n_retargets, 0) as n_retargets
        from phases
        left join targets on phases.clock_id = targets.clock_id and phases.phase_id = targets.phase_id
    ),

    measured as (
        select
            aimed.*,
            {{ days_outside("coalesce(actual_online, current_target)", "first_target_from", "first_target") }}
            as days_from_first,
            coalesce(aimed.own_status, 'paused') = 'paused'
            and coalesce(aimed.current_target < clocks.as_of, false) as has_target_passed
        from aimed
        inner join clocks on aimed.clock_id = clocks.clock_id
    ),

    -- Whoever has not looked since the day promised can neither tell that it came nor that it did not.
    slipped as (
        select
            measured.*,
            case
                when actual_online is not null or n_retargets > 0 or days_from_first <> 0 then days_from_first
            end as slip_days,
            has_target_passed and observed_at >= current_target as is_past_due,
            has_target_passed and observed_at < current_target and own_status is null as is_unobserved
        from measured
    )

select
    clocks.history,
    slipped.project_id,
    slipped.phase_id,
    slipped.iso3,
    slipped.programme,
    clocks.as_of,
    clocks.known_at,
    clocks.is_newest as is_latest,
    slipped.announced_date,
    slipped.first_stated_at,
    slipped.first_target,
    slipped.current_target,
    slipped.actual_online,
    case
        when slipped.own_status is not null
        then slipped.own_status
        when slipped.slip_days > {{ parameter("target_tolerance_days") }}
        then 'delayed'
        when slipped.is_past_due
        then 'past_due'
        when slipped.is_unobserved
        then 'unobserved'
        when slipped.first_target is not null
        then 'not_due'
        else 'no_target'
    end as status,
    cast(slipped.slip_days as bigint) as slip_days,
    slipped.first_target is not null and coalesce(slipped.own_status, 'paused') = 'paused' as is_censored,
    slipped.is_past_due,
    slipped.is_unobserved,
    cast(slipped.n_retargets as bigint) as n_retargets,
    slipped.mw_announced,
    -- What was seen to run is the least there is.
    case when slipped.is_unobserved then nullif(slipped.mw_online, 0) else slipped.mw_online end as mw_online,
    slipped.offtaker_initial,
    slipped.offtaker_current,
    slipped.status_reason,
    slipped.observed_at,
    slipped.is_selected,
    {{
        dbt.concat(
            [
                "case when slipped.offtaker_initial is null then '' else 'deal_parties; ' end",
                "case when slipped.source_id <> 'ledger' or coalesce(cast(slipped.first_target as "
                ~ dbt.type_string()
                ~ "), slipped.status_reason) is null then '' else 'deal_terms; ' end",
                "slipped.source_id",
            ]
        )
    }} as source_id,
    {{ grade_letter("slipped.grade_score") }} as grade,
    {{ assumption_set_id() }} as assumption_set_id
from slipped
inner join clocks on slipped.clock_id = clocks.clock_id
