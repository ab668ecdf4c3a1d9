with
    sites as (select * from {{ ref("stg_epoch_data_centers") }} where is_current),

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

    names as (
        select timeline_name
        from sites
        union
        select site_name as timeline_name
        from states
    ),

    joined as (
        select
            coalesce(sites.name, names.timeline_name) as site_name,
            names.timeline_name,
            sites.iso3 as published_iso3,
            sites.owner,
            sites.users,
            sites.current_power_mw,
            sites.mw_kind,
            running.site_name is not null as has_works,
            running.state_date,
            running.operational_mw as timeline_mw,
            coalesce(planned.next_mw, 0) as next_mw,
            planned.next_date,
            coalesce(planned.planned_mw, 0) as planned_mw,
            states.known_at as timeline_known_at,
            sites.known_at as site_known_at
        from names
        left join sites on names.timeline_name = sites.timeline_name
        left join running on names.timeline_name = running.site_name
        left join planned on names.timeline_name = planned.site_name
        left join
            (select site_name, max(known_at) as known_at from states group by site_name) as states
            on names.timeline_name = states.site_name
    )

select
    joined.site_name,
    joined.timeline_name,
    coalesce(aliases.project_id, joined.site_name) as project_id,
    coalesce(joined.published_iso3, aliases.iso3) as iso3,
    joined.owner,
    joined.users,
    joined.has_works,
    joined.state_date,
    -- A site without a timeline has only its current power, of the kind the vintage was found to give.
    case
        when joined.timeline_known_at is not null
        then coalesce(joined.timeline_mw, 0)
        else joined.current_power_mw
    end as operational_mw,
    case
        when joined.timeline_known_at is not null or joined.mw_kind = 'facility' then 'facility' else 'it'
    end as operational_mw_kind,
    joined.next_mw,
    joined.next_date,
    joined.planned_mw,
    joined.current_power_mw,
    joined.mw_kind,
    coalesce(joined.timeline_known_at, joined.site_known_at) as known_at,
    case
        when joined.timeline_known_at is not null then 'epoch_data_center_timelines' else 'epoch_data_centers'
    end as source_id
from joined
left join aliases on joined.site_name = aliases.source_key
