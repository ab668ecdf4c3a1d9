with
    clocks as (select * from {{ ref("core_clock") }}),

    in_force as ({{ vintages_at_clocks("epoch_data_center_timelines", "clocks", "known_at") }}),

    sites as (
        select clocks.clock_id, list.*
        from clocks
        inner join {{ ref("core_site") }} as list on {{ is_in_force("list", "clocks.known_at") }}
    ),

    -- What a vintage says of a later day is a plan, also once that day has passed.
    states as (
        select
            clocks.clock_id,
            clocks.as_of,
            state.*,
            state.state_date <= state.known_at and state.state_date <= clocks.as_of as is_seen
        from clocks
        inner join {{ ref("core_site_state") }} as state on {{ is_in_force("state", "clocks.known_at") }}
    ),

    seen as (
        select
            states.*,
            row_number() over (partition by clock_id, timeline_name order by state_date desc) as recency
        from states
        where is_seen
    ),

    running as (
        select
            clock_id,
            timeline_name,
            state_date,
            facility_power_mw,
            case
                when coalesce(buildings_operational, 1) > 0 then facility_power_mw else 0
            end as operational_mw
        from seen
        where recency = 1
    ),

    plans as (
        select
            states.clock_id,
            states.timeline_name,
            states.state_date,
            states.facility_power_mw,
            row_number() over (
                partition by states.clock_id, states.timeline_name order by states.state_date
            ) as step
        from states
        left join
            running on states.clock_id = running.clock_id and states.timeline_name = running.timeline_name
        where
            not states.is_seen
            and states.facility_power_mw > coalesce(running.operational_mw, 0)
            -- Looked back upon, a site had no plans before the first that was seen of it.
            and (running.timeline_name is not null or states.as_of >= states.known_at)
    ),

    planned as (
        select
            clock_id,
            timeline_name,
            max(facility_power_mw) as planned_mw,
            max(case when step = 1 then facility_power_mw end) as next_mw,
            max(case when step = 1 then state_date end) as next_date
        from plans
        group by clock_id, timeline_name
    ),

    -- The timelines say which sites there are. A list of another vintage may name them otherwise, so a site
    -- that only the list has is left out: it may be one of them.
    timed as (
        select
            clock_id,
            timeline_name,
            site_name,
            project_id,
            max(iso3) as iso3,
            'facility' as operational_mw_kind,
            max(known_at) as known_at,
            'epoch_data_center_timelines' as source_id
        from states
        group by clock_id, timeline_name, site_name, project_id
    ),

    -- Without timelines the list has only current power, of the kind the vintage was found to give. It is of
    -- the day of the vintage and says nothing of an earlier one.
    listed as (
        select
            sites.clock_id,
            sites.timeline_name,
            sites.site_name,
            sites.project_id,
            sites.iso3,
            sites.mw_kind as operational_mw_kind,
            sites.known_at,
            'epoch_data_centers' as source_id
        from sites
        inner join clocks on sites.clock_id = clocks.clock_id and sites.known_at <= clocks.as_of
        where not exists (select 1 from states where states.clock_id = sites.clock_id)
    ),

    base as (
        select *
        from timed
        union all
        select *
        from listed
    )

select
    base.clock_id,
    coalesce(sites.site_name, base.site_name) as site_name,
    base.timeline_name,
    base.project_id,
    coalesce(sites.iso3, base.iso3) as iso3,
    sites.owner,
    sites.users,
    running.timeline_name is not null as has_works,
    running.state_date,
    running.facility_power_mw,
    case
        when base.source_id = 'epoch_data_centers' then sites.current_power_mw else running.operational_mw
    end as operational_mw,
    base.operational_mw_kind,
    planned.next_mw,
    planned.next_date,
    planned.planned_mw,
    sites.current_power_mw,
    sites.mw_kind,
    -- What a later vintage lacks is kept until it is closed: it may be a slip, or gone under other names.
    base.source_id = 'epoch_data_centers' or base.known_at = in_force.known_at as is_listed,
    base.known_at,
    base.source_id
from base
left join in_force on base.clock_id = in_force.clock_id
left join sites on base.clock_id = sites.clock_id and base.timeline_name = sites.timeline_name
left join running on base.clock_id = running.clock_id and base.timeline_name = running.timeline_name
left join planned on base.clock_id = planned.clock_id and base.timeline_name = planned.timeline_name
