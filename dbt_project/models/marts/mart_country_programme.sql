with
    told as (
        select event.clock_id, announcement.*
        from {{ ref("core_chain_event") }} as event
        inner join
            {{ ref("core_announcement") }} as announcement
            on event.announcement_id = announcement.announcement_id
    ),

    stages as (
        select
            clock_id,
            iso3,
            programme,
            max(case when programme_stage > 0 and not has_left then programme_stage end) as alive_stage,
            max(
                case
                    when programme_stage = {{ programme_stage("paused") }} and not has_left
                    then programme_stage
                end
            ) as paused_stage,
            count(*) as n_chains,
            sum(case when has_left then 1 else 0 end) as n_chains_left,
            sum(
                case when programme_stage = {{ programme_stage("paused") }} and not has_left then 1 else 0 end
            ) as n_chains_paused
        from {{ ref("core_programme_chain") }}
        group by clock_id, iso3, programme
    ),

    package as (
        select
            clock_id,
            iso3,
            programme,
            max(case when part = 'p1_dc' then maturity else 0 end) as p1_dc,
            max(case when part = 'p2_models' then maturity else 0 end) as p2_models,
            max(case when part = 'p3_fund' then maturity else 0 end) as p3_fund,
            max(case when part = 'p4_safety' then maturity else 0 end) as p4_safety,
            sum(case when maturity >= 1 then 1 else 0 end) as pkg_announced,
            sum(case when maturity >= 2 then 1 else 0 end) as pkg_contracted,
            sum(case when maturity >= 3 then 1 else 0 end) as pkg_delivered
        from {{ ref("core_programme_package") }}
        group by clock_id, iso3, programme
    ),

    events as (
        select
            clock_id,
            iso3,
            programme,
            max(programme_stage) as peak_stage,
            min(event_date) as first_event_date,
            max(event_date) as last_event_date,
            count(*) as n_events,
            min(grade_score) as grade_score
        from told
        where iso3 is not null
        group by clock_id, iso3, programme
    ),

    current_stages as (
        select
            stages.*, coalesce(alive_stage, paused_stage, {{ programme_stage("withdrawn") }}) as current_stage
        from stages
    )

select
    clock.history,
    events.iso3,
    events.programme,
    clock.as_of,
    clock.known_at,
    {{ is_latest("clock") }} as is_latest,
    cast(current_stages.current_stage as bigint) as current_stage,
    cast(events.peak_stage as bigint) as peak_stage,
    label.stage_label,
    events.first_event_date,
    events.last_event_date,
    cast(coalesce(package.p1_dc, 0) as bigint) as p1_dc,
    cast(coalesce(package.p2_models, 0) as bigint) as p2_models,
    cast(coalesce(package.p3_fund, 0) as bigint) as p3_fund,
    cast(coalesce(package.p4_safety, 0) as bigint) as p4_safety,
    cast(coalesce(package.pkg_announced, 0) as bigint) as pkg_announced,
    cast(coalesce(package.pkg_contracted, 0) as bigint) as pkg_contracted,
    cast(coalesce(package.pkg_delivered, 0) as bigint) as pkg_delivered,
    term.public_cofunding,
    term.sovereign_guarantee,
    term.guarantee_types,
    term.conditionality,
    term.reciprocal,
    term.coordinated_with_us_gov,
    term.counterparty_types,
    term.asset_owners,
    term.asset_owner_homes,
    term.is_codeveloped,
    cast(events.n_events as bigint) as n_events,
    cast(current_stages.n_chains as bigint) as n_chains,
    cast(current_stages.n_chains_left as bigint) as n_chains_left,
    cast(current_stages.n_chains_paused as bigint) as n_chains_paused,
    term.lead_vendors,
    {{ grade_letter("events.grade_score") }} as grade,
    term.source_id,
    {{ assumption_set_id() }} as assumption_set_id
from events
inner join {{ ref("core_clock") }} as clock on events.clock_id = clock.clock_id
inner join
    current_stages
    on events.clock_id = current_stages.clock_id
    and events.iso3 = current_stages.iso3
    and events.programme = current_stages.programme
inner join
    {{ ref("core_programme_term") }} as term
    on events.clock_id = term.clock_id
    and events.iso3 = term.iso3
    and events.programme = term.programme
left join
    package
    on events.clock_id = package.clock_id
    and events.iso3 = package.iso3
    and events.programme = package.programme
left join {{ ref("ref_programme_stage") }} as label on current_stages.current_stage = label.programme_stage
