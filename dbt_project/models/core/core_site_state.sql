with
    states as (select * from {{ ref("stg_epoch_data_center_timelines") }}),

    vintages as (select distinct known_at from states),

    aliases as (select * from {{ ref("ref_project_alias") }} where source_id = 'epoch_data_centers'),

    -- The list of the same time tells what people call a site; of an earlier or later one only an alias may.
    titles as (
        select vintages.known_at, list.timeline_name, list.site_name, list.project_id, list.iso3
        from vintages
        inner join {{ ref("core_site") }} as list on {{ is_in_force("list", "vintages.known_at") }}
    ),

    named as (
        select
            states.*,
            coalesce(titles.site_name, states.site_name) as title,
            coalesce(titles.project_id, aliases.project_id, states.site_name) as project_id,
            coalesce(titles.iso3, aliases.iso3) as iso3
        from states
        left join titles on states.site_name = titles.timeline_name and states.known_at = titles.known_at
        left join aliases on states.site_name = aliases.source_key
    ),

    intervals as ({{ entity_vintages("named", "project_id", "epoch_data_center_timelines") }})

select
    named.project_id,
    named.title as site_name,
    named.site_name as timeline_name,
    named.iso3,
    named.date as state_date,
    named.buildings_operational,
    named.facility_power_mw,
    named.it_power_mw,
    named.known_at,
    intervals.known_to
from named
inner join intervals on named.project_id = intervals.entity_id and named.known_at = intervals.known_at
