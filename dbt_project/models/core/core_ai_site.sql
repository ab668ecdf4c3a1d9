with
    sites as (
        select *, row_number() over (partition by coalesce(timeline_name, name) order by name) as choice
        from {{ ref("stg_epoch_data_centers") }}
        where is_current
    ),

    aliases as (select * from {{ ref("ref_project_alias") }} where source_id = 'epoch_data_centers'),

    states as (select * from {{ ref("stg_epoch_data_center_timelines") }} where is_current),

    -- What a vintage says of a later day is a plan, also once that day has passed.
    seen as (
        select states.*, row_number() over (partition by site_name order by date desc) as recency
        from states
        where date <= known_at
    ),

    running as (
        select
            site_name,
            date as state_date,
            case
                when coalesce(buildings_operational, 1) > 0 then facility_power_mw else 0
            end as operational_mw
        from seen
        where recency = 1
    ),

    plans as (
        select
            states.site_name,
            states.date,
            states.facility_power_mw,
            row_number() over (partition by states.site_name order by states.date) as step
        from states
        left join running on states.site_name = running.site_name
        where states.date > states.known_at and states.facility_power_mw > coalesce(running.operational_mw, 0)
    ),

    planned as (
        select
            site_name,
            max(facility_power_mw) as planned_mw,
            max(case when step = 1 then facility_power_mw end) as next_mw,
            max(case when step = 1 then date end) as next_date
        from plans
        group by site_name
    ),

    -- The timelines say which sites there are. A list of another vintage may name them otherwise, so a site
    -- that
    -- only the list has is left out: it may be one of them.
    timed as (
        select
            site_name as timeline_name,
            'facility' as operational_mw_kind,
            max(known_at) as known_at,
            'epoch_data_center_timelines' as source_id
        from states
        group by site_name
    ),

    -- Without timelines the list has only current power, of the kind the vintage was found to give.
    listed as (
        select
            coalesce(timeline_name, name) as timeline_name,
            mw_kind as operational_mw_kind,
            known_at,
            'epoch_data_centers' as source_id
        from sites
        where choice = 1 and not exists (select 1 from states)
    ),

    base as (
        select *
        from timed
        union all
        select *
        from listed
    )

select
    coalesce(sites.name, base.timeline_name) as site_name,
    base.timeline_name,
    coalesce(own.project_id, handle.project_id, sites.name, base.timeline_name) as project_id,
    coalesce(sites.iso3, own.iso3, handle.iso3) as iso3,
    sites.owner,
    sites.users,
    running.site_name is not null as has_works,
    running.state_date,
    case
        when base.source_id = 'epoch_data_centers' then sites.current_power_mw else running.operational_mw
    end as operational_mw,
    base.operational_mw_kind,
    planned.next_mw,
    planned.next_date,
    planned.planned_mw,
    sites.current_power_mw,
    sites.mw_kind,
    base.known_at,
    base.source_id
from base
left join sites on base.timeline_name = coalesce(sites.timeline_name, sites.name) and sites.choice = 1
left join running on base.timeline_name = running.site_name
left join planned on base.timeline_name = planned.site_name
left join aliases as own on sites.name = own.source_key
left join aliases as handle on base.timeline_name = handle.source_key
