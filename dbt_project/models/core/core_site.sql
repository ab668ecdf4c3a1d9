with
    listed as (
        select
            list.*,
            coalesce(list.timeline_name, list.name) as handle,
            row_number() over (
                partition by coalesce(list.timeline_name, list.name), list.known_at order by list.name
            ) as choice
        from {{ ref("stg_epoch_data_centers") }} as list
    ),

    aliases as (select * from {{ ref("ref_project_alias") }} where source_id = 'epoch_data_centers'),

    named as (
        select
            listed.*,
            coalesce(own.project_id, handle.project_id, listed.name) as project_id,
            coalesce(listed.iso3, own.iso3, handle.iso3) as site_iso3
        from listed
        left join aliases as own on listed.name = own.source_key
        left join aliases as handle on listed.handle = handle.source_key
        where listed.choice = 1
    ),

    intervals as ({{ entity_vintages("named", "project_id", "epoch_data_centers") }})

select
    named.project_id,
    named.name as site_name,
    named.handle as timeline_name,
    named.site_iso3 as iso3,
    named.owner,
    named.users,
    named.current_power_mw,
    named.mw_kind,
    named.known_at,
    intervals.known_to
from named
inner join intervals on named.project_id = intervals.entity_id and named.known_at = intervals.known_at
