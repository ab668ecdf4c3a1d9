{% set entity = "source_id, entity_kind, entity_id, metric" %}
{% set figures = [
    "source_id",
    "entity_kind",
    "entity_id",
    "entity_name",
    "metric",
    "valid_date",
    "known_at",
    "value",
    "definition",
    "prev_valid_date",
    "prev_known_at",
    "prev_value",
    "prev_entity_name",
    "prev_definition",
] %}
{% set told = figures | reject("in", ["definition", "prev_definition"]) | list %}
with
    month_ends as (
        select cast(unnest(days) + interval 1 month - interval 1 day as date) as valid_date
        from
            (
                select
                    generate_series(
                        date_trunc('month', min(state_date)),
                        date_trunc('month', max(known_at)),
                        interval 1 month
                    ) as days
                from {{ ref("core_site_state") }}
            ) as series
    ),

    -- The timelines tell states that last until the next one, so they are read at the ends of months. What
    -- lies after the day of a vintage is a plan and no figure of what was.
    sampled as (
        select
            state.*,
            month_ends.valid_date,
            row_number() over (
                partition by state.timeline_name, state.known_at, month_ends.valid_date
                order by state.state_date desc
            ) as recency
        from {{ ref("core_site_state") }} as state
        inner join
            month_ends
            on state.state_date <= month_ends.valid_date
            and month_ends.valid_date <= state.known_at
    ),

    facts as (
        select
            source_id,
            'country' as entity_kind,
            iso3 as entity_id,
            iso3 as entity_name,
            metric,
            cast({{ dbt.concat(["year", "'-12-31'"]) }} as date) as valid_date,
            known_at,
            value,
            cast(null as {{ dbt.type_string() }}) as definition
        from {{ ref("core_electricity_edition") }}
        union all
        select
            'epoch_data_center_timelines' as source_id,
            'site' as entity_kind,
            project_id as entity_id,
            site_name as entity_name,
            'facility_power_mw' as metric,
            valid_date,
            known_at,
            facility_power_mw as value,
            cast(null as {{ dbt.type_string() }}) as definition
        from sampled
        where recency = 1
        union all
        select
            'epoch_data_centers' as source_id,
            'site' as entity_kind,
            project_id as entity_id,
            site_name as entity_name,
            'current_power_mw' as metric,
            known_at as valid_date,
            known_at,
            current_power_mw as value,
            mw_kind as definition
        from {{ ref("core_site") }}
    ),

    told as (
        select
            facts.*,
            valid_date as prev_valid_date,
            lag(known_at) over period as prev_known_at,
            lag(value) over period as prev_value,
            lag(entity_name) over period as prev_entity_name,
            lag(definition) over period as prev_definition,
            min(known_at) over (partition by {{ entity }}) as first_known_at
        from facts
        window period as (partition by {{ entity }}, valid_date order by known_at)
    ),

    -- A period nobody had spoken of yet is compared with the one before it, as known by then.
    periods as (
        select
            told.* exclude(prev_valid_date, prev_known_at, prev_value, prev_entity_name, prev_definition),
            before.valid_date as prev_valid_date,
            before.known_at as prev_known_at,
            before.value as prev_value,
            before.entity_name as prev_entity_name,
            before.definition as prev_definition,
            row_number() over (
                partition by
                    told.source_id,
                    told.entity_kind,
                    told.entity_id,
                    told.metric,
                    told.valid_date,
                    told.known_at
                order by before.valid_date desc, before.known_at desc
            ) as recency
        from told
        left join
            told as before
            on told.source_id = before.source_id
            and told.entity_kind = before.entity_kind
            and told.entity_id = before.entity_id
            and told.metric = before.metric
            and before.valid_date < told.valid_date
            and before.known_at <= told.known_at
        where told.prev_known_at is null and told.known_at > told.first_known_at
    ),

    compared as (
        select {{ figures | join(", ") }}
        from told
        where prev_known_at is not null
        union all
        select {{ figures | join(", ") }}
        from periods
        where recency = 1
        union all
        select
            {{ figures[:9] | join(", ") }},
            null as prev_valid_date,
            null as prev_known_at,
            null as prev_value,
            null as prev_entity_name,
            null as prev_definition
        from told
        where known_at = first_known_at
    ),

    changes as (
        select
            compared.*,
            case
                when compared.prev_known_at is null
                then 'first'
                when compared.value = compared.prev_value
                then 'unchanged'
                when change.reason is not null or compared.definition <> compared.prev_definition
                then 'definition_change'
                when compared.prev_valid_date = compared.valid_date
                then 'revision'
                else 'real_change'
            end as kind,
            coalesce(
                change.reason,
                case
                    when compared.definition <> compared.prev_definition
                    then {{ dbt.concat(["prev_definition", "' to '", "definition"]) }}
                end
            ) as reason
        from compared
        left join
            {{ ref("ref_definition_change") }} as change
            on compared.source_id = change.source_id
            and compared.metric = change.metric
            and compared.entity_id = change.entity_id
            and compared.prev_known_at < change.known_at
            and compared.known_at >= change.known_at
    ),

    -- The same entities in both vintages: what a total would have done with nothing added and nothing lost.
    pairs as (
        select changes.*, 'panel_same_entity' as panel
        from changes
        where prev_valid_date = valid_date
        union all
        select changes.*, 'panel_same_name' as panel
        from changes
        where prev_valid_date = valid_date and entity_kind = 'site' and entity_name = prev_entity_name
    ),

    panels as (
        select
            source_id,
            panel as entity_kind,
            'all' as entity_id,
            cast(null as {{ dbt.type_string() }}) as entity_name,
            metric,
            valid_date,
            known_at,
            valid_date as prev_valid_date,
            prev_known_at,
            cast(null as {{ dbt.type_string() }}) as prev_entity_name,
            -- Only what adds up is added up.
            case
                when metric like '%_mw' or metric like '%_twh' then cast(sum({{ exact("value") }}) as double)
            end as value,
            case
                when metric like '%_mw' or metric like '%_twh'
                then cast(sum({{ exact("prev_value") }}) as double)
            end as prev_value,
            count(*) as n_entities,
            sum(case when kind = 'revision' then 1 else 0 end) as n_revised,
            sum(case when kind = 'definition_change' then 1 else 0 end) as n_redefined
        from pairs
        group by source_id, panel, metric, valid_date, known_at, prev_known_at
    ),

    rows_told as (
        select
            {{ told | join(", ") }},
            kind,
            reason,
            1 as n_entities,
            case when kind = 'revision' then 1 else 0 end as n_revised,
            case when kind = 'definition_change' then 1 else 0 end as n_redefined
        from changes
        -- Current power of two days: nothing tells whether it was revised or has grown. The timelines do.
        where kind <> 'unchanged' and not (metric = 'current_power_mw' and kind = 'real_change')
        union all
        select
            {{ told | join(", ") }},
            case when n_redefined > 0 then 'definition_change' else 'revision' end as kind,
            null as reason,
            n_entities,
            n_revised,
            n_redefined
        from panels
        where n_revised + n_redefined > 0
    )

select
    {{ told | join(", ") }},
    value / nullif(prev_value, 0) - 1 as rel_revision,
    kind,
    reason,
    cast(n_entities as bigint) as n_entities,
    cast(n_revised as bigint) as n_revised,
    cast(n_redefined as bigint) as n_redefined,
    {{ assumption_set_id() }} as assumption_set_id
from rows_told
