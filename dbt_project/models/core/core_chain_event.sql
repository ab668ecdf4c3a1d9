with recursive
    events as (
        select clock.clock_id, announcement.*
        from {{ ref("core_clock") }} as clock
        inner join
            {{ ref("core_announcement") }} as announcement
            on announcement.known_at <= clock.known_at
            and announcement.event_date <= clock.as_of
    ),

    -- A row without a site whose children name two sites or more is a frame agreement over them: its
    -- megawatts are theirs, so it is a container like an umbrella from the day the second site is known.
    frames as (
        select parent.clock_id, parent.announcement_id
        from events as parent
        inner join
            events as child
            on parent.clock_id = child.clock_id
            and parent.announcement_id = child.parent_announcement_id
        where not parent.is_site_named and not parent.is_umbrella
        group by parent.clock_id, parent.announcement_id
        having count(distinct child.site) >= 2
    ),

    marked as (
        select events.*, events.is_umbrella or frames.announcement_id is not null as is_container
        from events
        left join
            frames on events.clock_id = frames.clock_id and events.announcement_id = frames.announcement_id
    ),

    links as (
        select child.clock_id, child.announcement_id, parent.announcement_id as parent_id
        from marked as child
        inner join
            marked as parent
            on child.clock_id = parent.clock_id
            and child.parent_announcement_id = parent.announcement_id
            and coalesce(child.iso3, '') = coalesce(parent.iso3, '')
            and not parent.is_container
    ),

    walk as (
        select clock_id, announcement_id, announcement_id as chain_id, 0 as depth
        from marked
        union all
        select walk.clock_id, walk.announcement_id, links.parent_id as chain_id, walk.depth + 1 as depth
        from walk
        inner join links on walk.clock_id = links.clock_id and walk.chain_id = links.announcement_id
        -- A guard against a ledger that names two rows as each other's parent.
        where walk.depth < 50
    ),

    roots as (
        select
            clock_id,
            announcement_id,
            chain_id,
            row_number() over (partition by clock_id, announcement_id order by depth desc) as nearness
        from walk
    ),

    chained as (
        select
            marked.*,
            roots.chain_id,
            -- A regulation speaks of rules, not of works; it decides only a chain made of nothing else.
            case when marked.event_type = 'regulatory' then 1 else 0 end as is_regulatory,
            min(case when marked.event_type = 'regulatory' then 1 else 0 end) over (
                partition by roots.clock_id, roots.chain_id
            ) as is_all_regulatory,
            -- What runs is not undone by a later step being dropped: that step is another part of the site.
            max(case when marked.phase_stage = 'operational' then 1 else 0 end) over (
                partition by roots.clock_id, roots.chain_id
                order by marked.event_date, marked.known_at, marked.announcement_id
                rows between unbounded preceding and current row
            ) as has_run
        from marked
        inner join
            roots
            on marked.clock_id = roots.clock_id
            and marked.announcement_id = roots.announcement_id
            and roots.nearness = 1
    ),

    eligible as (
        select
            chained.*,
            event_type = 'expansion' as is_expansion,
            (is_regulatory = 0 or is_all_regulatory = 1)
            and not (has_run = 1 and phase_stage in ('paused', 'cancelled')) as may_decide
        from chained
    ),

    stepped as (
        select
            eligible.*,
            sum(case when may_decide and not is_expansion then 1 else 0 end) over (
                partition by clock_id, chain_id order by event_date, known_at, announcement_id
            ) as step
        from eligible
    ),

    -- An expansion adds: what had been reached before stands when it is of less.
    decided as (
        select
            stepped.*,
            may_decide
            and not (
                is_expansion
                and programme_stage < coalesce(
                    max(case when may_decide then programme_stage end) over (
                        partition by clock_id, chain_id, step
                        order by event_date, known_at, announcement_id
                        rows between unbounded preceding and 1 preceding
                    ),
                    programme_stage
                )
            ) as is_stage_deciding
        from stepped
    )

select
    clock_id,
    announcement_id,
    chain_id,
    iso3,
    programme,
    lead_vendor,
    local_partners,
    components,
    event_type,
    event_date,
    known_at,
    phase_stage,
    programme_stage,
    package_maturity,
    capacity_mw_announced,
    capacity_mw_phase1,
    capacity_mw_target,
    is_container,
    is_stage_deciding,
    cast(
        row_number() over (
            partition by clock_id, chain_id order by event_date desc, known_at desc, announcement_id desc
        ) as bigint
    ) as recency_in_chain,
    cast(
        case
            when is_stage_deciding
            then
                row_number() over (
                    partition by clock_id, chain_id, is_stage_deciding
                    order by event_date desc, known_at desc, announcement_id desc
                )
        end as bigint
    ) as recency_of_stage,
    grade_score,
    source_id
from decided
