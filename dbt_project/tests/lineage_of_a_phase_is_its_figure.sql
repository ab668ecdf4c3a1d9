-- Fails for every megawatt of a chain that the event it is traced to does not state, and for every row of
-- mart_country_capacity that is traced to other megawatts than its phases have.
with
    legs as (
        select *
        from {{ ref("mart_lineage") }}
        where mart = 'mart_country_capacity' and figure in ('stated_mw', 'alternative_stated_mw')
    ),

    traced as (
        select history, as_of, known_at, iso3, row_key, figure, sum({{ exact("value") }}) as value
        from legs
        group by history, as_of, known_at, iso3, row_key, figure
    ),

    told as (
        select
            clock.history,
            clock.as_of,
            clock.known_at,
            phase.iso3,
            {{ dbt.concat(["'scope=ai,basis=facility_mw,stage='", "phase.stage"]) }} as row_key,
            case when phase.is_selected then 'stated_mw' else 'alternative_stated_mw' end as figure,
            sum({{ exact("phase.stated_mw") }}) as value
        from {{ ref("core_capacity_phase") }} as phase
        inner join {{ ref("core_clock") }} as clock on phase.clock_id = clock.clock_id
        group by clock.history, clock.as_of, clock.known_at, phase.iso3, phase.stage, phase.is_selected
    )

select legs.item as row_of, legs.figure, legs.value
from legs
inner join {{ ref("core_announcement") }} as event on legs.item = event.announcement_id
where
    legs.value is not null
    and legs.value not in (coalesce(event.capacity_mw_announced, -1), coalesce(event.capacity_mw_phase1, -1))
union all
select told.iso3 as row_of, told.figure, cast(told.value as double) as value
from told
left join traced using (history, as_of, known_at, iso3, row_key, figure)
where told.value is distinct from traced.value
