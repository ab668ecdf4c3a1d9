with
    events as (select * from {{ ref("core_chain_event") }}),

    latest as (select * from events where recency_of_stage = 1),

    -- Works and live sites take only what their own stage states: a headline of the plan is not what is
    -- built.
    stated as (
        select
            events.clock_id,
            events.chain_id,
            events.announcement_id,
            events.event_date,
            events.known_at,
            case
                when latest.phase_stage in ('under_construction', 'operational')
                then coalesce(events.capacity_mw_phase1, events.capacity_mw_announced)
                else coalesce(events.capacity_mw_announced, events.capacity_mw_phase1)
            end as stated_mw,
            sum(case when events.event_type = 'expansion' then 0 else 1 end) over (
                partition by events.clock_id, events.chain_id
                order by events.event_date, events.known_at, events.announcement_id
            ) as step
        from events
        inner join latest on events.clock_id = latest.clock_id and events.chain_id = latest.chain_id
        where
            coalesce(events.capacity_mw_announced, events.capacity_mw_phase1) is not null
            and (events.is_stage_deciding or events.event_type = 'expansion')
            and (
                latest.phase_stage not in ('under_construction', 'operational')
                or events.phase_stage = latest.phase_stage
            )
    ),

    -- The latest figure counts, but an expansion that names less is not all there is.
    figures as (
        select
            stated.*,
            row_number() over (
                partition by clock_id, chain_id
                order by step desc, stated_mw desc, event_date desc, known_at desc, announcement_id desc
            ) as recency
        from stated
    ),

    ambitions as (
        select
            clock_id,
            chain_id,
            announcement_id,
            coalesce(capacity_mw_target, capacity_mw_announced) as ambition_mw,
            row_number() over (
                partition by clock_id, chain_id
                order by
                    coalesce(capacity_mw_target, capacity_mw_announced) desc,
                    event_date,
                    known_at,
                    announcement_id
            ) as place
        from events
        where coalesce(capacity_mw_target, capacity_mw_announced) is not null
    ),

    summary as (
        select
            clock_id,
            chain_id,
            cast(count(*) as bigint) as n_events,
            min(event_date) as first_event_date,
            max(event_date) as last_event_date,
            max(case when is_container then 1 else 0 end) = 1 as is_container
        from events
        group by clock_id, chain_id
    )

select
    latest.clock_id,
    latest.chain_id,
    latest.announcement_id as stage_announcement_id,
    latest.iso3,
    latest.programme,
    latest.lead_vendor,
    latest.local_partners,
    latest.phase_stage,
    latest.programme_stage,
    latest.event_date as stage_event_date,
    figures.stated_mw,
    figures.announcement_id as mw_announcement_id,
    ambitions.ambition_mw,
    ambitions.announcement_id as ambition_announcement_id,
    summary.is_container,
    summary.n_events,
    summary.first_event_date,
    summary.last_event_date,
    latest.grade_score,
    latest.source_id
from latest
inner join summary on latest.clock_id = summary.clock_id and latest.chain_id = summary.chain_id
left join
    figures
    on latest.clock_id = figures.clock_id
    and latest.chain_id = figures.chain_id
    and figures.recency = 1
left join
    ambitions
    on latest.clock_id = ambitions.clock_id
    and latest.chain_id = ambitions.chain_id
    and ambitions.place = 1
