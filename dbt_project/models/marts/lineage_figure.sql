{% set event_figures = [
    "capacity_mw_announced",
    "capacity_mw_phase1",
    "capacity_mw_target",
    "gpu_count",
    "investment_amount",
] %}
{% set revision_key = ["source_id", "entity_kind", "entity_id", "metric", "valid_date", "known_at", "kind"] %}
{% set no_day = "cast(null as date)" %}
{% set no_text = "cast(null as " ~ dbt.type_string() ~ ")" %}
with
    events as (
        select event.*, announcement.source_url
        from {{ ref("core_chain_event") }} as event
        inner join
            {{ ref("core_announcement") }} as announcement
            on event.announcement_id = announcement.announcement_id
    ),

    -- What another programme does in a chain may end this one, so all events of the chain tell of it.
    chains as (select distinct clock_id, chain_id, iso3, programme from events where iso3 is not null),

    censuses as (
        select history, iso3, as_of, source_id as census_id, snapshot_date as census_date
        from {{ ref("mart_sovereignty_profile") }}
        where snapshot_date is not null
        union all
        select
            history, iso3, as_of, alternative_source_id as census_id, alternative_snapshot_date as census_date
        from {{ ref("mart_sovereignty_profile") }}
        where alternative_snapshot_date is not null
    )

select
    'mart_country_capacity' as mart,
    clock_id,
    iso3,
    {{ dbt.concat(["'scope=ai,basis=facility_mw,stage='", "stage"]) }} as row_key,
    figure,
    value,
    source_id,
    vintage_known_at,
    item,
    item_known_at,
    item_address
from {{ ref("core_phase_lineage") }}
union all
select
    'mart_country_power' as mart,
    clock.clock_id,
    fact.iso3,
    {{ row_key("fact", ["year"]) }} as row_key,
    fact.metric as figure,
    fact.value,
    fact.source_id,
    fact.known_at as vintage_known_at,
    {{ no_text }} as item,
    fact.known_at as item_known_at,
    {{ no_text }} as item_address
from {{ ref("core_clock") }} as clock
inner join
    {{ ref("core_electricity_selected") }} as fact
    on clock.known_at = fact.clock_known_at
    and fact.year <= extract(year from clock.as_of)
where clock.history <> 'as_now' or clock.is_latest
union all
select
    'mart_country_power' as mart,
    phases.clock_id,
    phases.iso3,
    {{ row_key("power", ["year"]) }} as row_key,
    case
        when phases.stage = 'operational' then 'operational_stated_mw' else 'pipeline_stated_mw'
    end as figure,
    phases.value,
    phases.source_id,
    phases.vintage_known_at,
    phases.item,
    phases.item_known_at,
    phases.item_address
from {{ ref("core_phase_lineage") }} as phases
inner join {{ ref("core_clock") }} as clock on phases.clock_id = clock.clock_id
inner join
    {{ ref("mart_country_power") }} as power
    on clock.history = power.history
    and clock.as_of = power.as_of
    and phases.iso3 = power.iso3
    and power.ai_as_of is not null
inner join
    {{ ref("ref_stage_set") }} as stage_set
    on phases.stage = stage_set.stage
    and stage_set.stage_set = 'pipeline_and_operational'
where phases.figure = 'stated_mw'
union all
select
    'mart_country_programme' as mart,
    events.clock_id,
    chains.iso3,
    {{ row_key("chains", ["programme"]) }} as row_key,
    'programme_stage' as figure,
    events.programme_stage as value,
    events.source_id,
    {{ no_day }} as vintage_known_at,
    events.announcement_id as item,
    events.known_at as item_known_at,
    events.source_url as item_address
from chains
inner join events on chains.clock_id = events.clock_id and chains.chain_id = events.chain_id
union all
select
    'mart_sovereignty_profile' as mart,
    clock.clock_id,
    profile.iso3,
    '' as row_key,
    'cloud_region' as figure,
    case when region.provider is null then 0 else 1 end as value,
    profile.census_id as source_id,
    coalesce(region.known_at, profile.census_date) as vintage_known_at,
    {{ dbt.concat(["region.provider", "'/'", "coalesce(region.region_id, region.region_name)"]) }} as item,
    coalesce(region.known_at, profile.census_date) as item_known_at,
    {{ no_text }} as item_address
from censuses as profile
inner join {{ ref("core_clock") }} as clock on profile.history = clock.history and profile.as_of = clock.as_of
left join
    {{ ref("core_cloud_region") }} as region
    on profile.iso3 = region.iso3
    and profile.census_id = region.source_id
    and {{ is_in_force("region", "least(clock.as_of, clock.known_at)") }}
{% for figure in ["event"] + event_figures %}
    union all
    select
        'mart_announcement_ledger' as mart,
        {{ no_text }} as clock_id,
        iso3,
        {{ row_key("event", ["announcement_id"]) }} as row_key,
        '{{ figure }}' as figure,
        {{ "cast(null as double)" if figure == "event" else "cast(" ~ figure ~ " as double)" }} as value,
        source_id,
        {{ no_day }} as vintage_known_at,
        announcement_id as item,
        known_at as item_known_at,
        source_url as item_address
    from {{ ref("core_announcement") }} as event
{% endfor %}
union all
select
    'mart_announcement_ledger' as mart,
    {{ no_text }} as clock_id,
    iso3,
    {{ row_key("term", ["announcement_id"]) }} as row_key,
    'term' as figure,
    cast(null as double) as value,
    unnest(string_split(source_id, '; ')) as source_id,
    {{ no_day }} as vintage_known_at,
    announcement_id as item,
    known_at as item_known_at,
    source_url as item_address
from {{ ref("core_deal_term") }} as term
{% for prefix in ["", "prev_"] %}
    union all
    select
        'mart_revision' as mart,
        {{ no_text }} as clock_id,
        {{ no_text }} as iso3,
        {{ row_key("revision", revision_key) }} as row_key,
        '{{ prefix }}value' as figure,
        {{ prefix }}value as value,
        source_id,
        {{ prefix }}known_at as vintage_known_at,
        coalesce({{ prefix }}entity_name, entity_id) as item,
        {{ prefix }}known_at as item_known_at,
        {{ no_text }} as item_address
    from {{ ref("mart_revision") }} as revision
    where {{ prefix }}known_at is not null
{% endfor %}
