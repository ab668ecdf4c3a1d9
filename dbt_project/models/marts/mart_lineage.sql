{# What a leg tells: whose row, which figure, and what it was read from. A mart to come adds a leg to `legs`. Its row_key
   is the grain of the mart without history, iso3, as_of and known_at, as key=value joined by commas in the order of its
   unique_grain test. A vintage_known_at of NULL is the newest vintage: a reviewed file is read whole, for every day. #}
{# Figures of a phase, with the event of a chain of the ledger that decides each; a stage is a word and has no value. #}
{% set phase_figures = {
    "stated_mw": "mw_announcement_id",
    "ambition_mw": "ambition_announcement_id",
    "stage": "stage_announcement_id",
} %}
{% set event_figures = [
    "capacity_mw_announced",
    "capacity_mw_phase1",
    "capacity_mw_target",
    "gpu_count",
    "investment_amount",
] %}
{# Marts whose rows are traced as a whole, to the sources a row names: the grain beside the country, and the clock. #}
{% set by_row = {
    "mart_alignment": [],
    "mart_capacity_outlook": ["horizon"],
    "mart_country_power": ["year"],
    "mart_country_programme": ["programme"],
    "mart_data_center_load": ["area"],
    "mart_delivery": ["phase_id"],
    "mart_finance": ["area", "programme", "funding_stage", "payer_type", "instrument"],
    "mart_global_concentration": ["attribution", "stage_set", "weight_basis", "panel"],
    "mart_platform_dependency": ["layer", "stage_set", "weight_basis"],
    "mart_platform_share": ["layer", "stage_set", "weight_basis", "party_kind", "party_id"],
    "mart_programme_scoreboard": ["programme"],
    "mart_sensitivity": ["metric", "parameter"],
    "mart_sovereignty_profile": [],
} %}
{% set by_row_undated = {
    "mart_democratic_ai": ["year", "indicator", "source_id", "known_at"],
    "mart_democratic_ai_partners": ["programme", "indicator", "source_id"],
    "mart_programme_comparison": ["programme"],
    "mart_stage_transition": ["region", "from_stage", "to_stage", "horizon_months", "known_at"],
} %}
{# Where the sources of a row are not its source_id alone: who is a partner and what was at risk tells the ledger. #}
{% set sources_of_row = {
    "mart_alignment": "concat_ws('; ', told.source_id, told.revealed_source_id)",
    "mart_democratic_ai_partners": dbt.concat(["told.source_id", "'; ledger'"]),
    "mart_sovereignty_profile": "told.control_source_id",
} %}
{% set without_country = [
    "mart_data_center_load",
    "mart_finance",
    "mart_global_concentration",
    "mart_programme_scoreboard",
    "mart_democratic_ai_partners",
    "mart_programme_comparison",
    "mart_stage_transition",
] %}
{% set revision_key = ["source_id", "entity_kind", "entity_id", "metric", "valid_date", "known_at", "kind"] %}
{% set no_day = "cast(null as date)" %}
{% set no_text = "cast(null as " ~ dbt.type_string() ~ ")" %}
with
    newest as (select source_id, known_at from {{ ref("core_vintage") }} where known_to is null),

    events as (
        select event.*, announcement.source_url
        from {{ ref("core_chain_event") }} as event
        inner join
            {{ ref("core_announcement") }} as announcement
            on event.announcement_id = announcement.announcement_id
    ),

    -- What another programme does in a chain may end this one, so all events of the chain tell of it.
    chains as (select distinct clock_id, chain_id, iso3, programme from events where iso3 is not null),

    -- A phase of the ledger is what one event of its chain tells; any other is what its vintage tells. Where
    -- no event names a capacity, the one that decides the stage was read for it.
    phases as (
        {% for figure, decided_by in phase_figures.items() %}
            select
                phase.clock_id,
                phase.iso3,
                phase.stage,
                case when phase.is_selected then '{{ figure }}' else 'alternative_{{ figure }}' end as figure,
                {{ "cast(null as double)" if figure == "stage" else "phase." ~ figure }} as value,
                phase.source_id,
                case when chain.chain_id is null then phase.known_at end as vintage_known_at,
                coalesce(event.announcement_id, phase.phase_id) as item,
                coalesce(event.known_at, phase.known_at) as item_known_at,
                event.source_url as item_address
            from {{ ref("core_capacity_phase") }} as phase
            left join
                {{ ref("core_deal_chain") }} as chain
                on phase.clock_id = chain.clock_id
                and phase.phase_id = {{ dbt.concat(["'ledger:'", "chain.chain_id"]) }}
            left join
                {{ ref("core_announcement") }} as event
                on event.announcement_id = coalesce(chain.{{ decided_by }}, chain.stage_announcement_id)
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    censuses as (
        select history, iso3, as_of, source_id as census_id, snapshot_date as census_date
        from {{ ref("mart_sovereignty_profile") }}
        where snapshot_date is not null
        union all
        select
            history, iso3, as_of, alternative_source_id as census_id, alternative_snapshot_date as census_date
        from {{ ref("mart_sovereignty_profile") }}
        where alternative_snapshot_date is not null
    ),

    legs as (
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
        from phases
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
        from phases
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
            {{ dbt.concat(["region.provider", "'/'", "coalesce(region.region_id, region.region_name)"]) }}
            as item,
            coalesce(region.known_at, profile.census_date) as item_known_at,
            {{ no_text }} as item_address
        from censuses as profile
        inner join
            {{ ref("core_clock") }} as clock
            on profile.history = clock.history
            and profile.as_of = clock.as_of
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
                {{ "cast(null as double)" if figure == "event" else "cast(" ~ figure ~ " as double)" }}
                as value,
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
    ),

    -- The front page of a country is made of rows of other marts, as they are now.
    front_page as (
        select
            'mart_country_profile' as mart,
            {{ no_text }} as clock_id,
            legs.iso3,
            '' as row_key,
            case
                when legs.mart = 'mart_country_capacity' and legs.figure = 'stated_mw'
                then
                    {{
                        dbt.concat(
                            ["replace(legs.row_key, 'scope=ai,basis=facility_mw,stage=', '')", "'_mw'"]
                        )
                    }}
                when legs.mart = 'mart_country_capacity'
                then 'alternative_mw'
                else legs.figure
            end as figure,
            legs.value,
            legs.source_id,
            legs.vintage_known_at,
            legs.item,
            legs.item_known_at,
            legs.item_address
        from legs
        inner join
            {{ ref("core_clock") }} as clock
            on legs.clock_id = clock.clock_id
            and clock.history = 'as_now'
            and clock.is_latest
        inner join {{ ref("mart_country_profile") }} as profile on legs.iso3 = profile.iso3
        where
            (legs.mart = 'mart_country_capacity' and legs.figure in ('stated_mw', 'alternative_stated_mw'))
            or (legs.mart = 'mart_country_programme' and legs.row_key = 'programme=openai_for_countries')
            or legs.mart = 'mart_sovereignty_profile'
            or (
                legs.mart = 'mart_country_power'
                and legs.row_key
                = {{
                    dbt.concat(
                        [
                            "'year='",
                            "cast(case legs.figure when 'generation_twh' then profile.generation_year "
                            ~ "when 'demand_twh' then profile.demand_year "
                            ~ "when 'consumption_twh' then profile.consumption_year "
                            ~ "when 'ci_avg_gco2_kwh' then profile.ci_year end as "
                            ~ dbt.type_string()
                            ~ ")",
                        ]
                    )
                }}
            )
        union all
        select
            'mart_country_profile' as mart,
            {{ no_text }} as clock_id,
            country.iso3,
            '' as row_key,
            'event' as figure,
            announcement.programme_stage as value,
            newest.source_id,
            {{ no_day }} as vintage_known_at,
            announcement.announcement_id as item,
            announcement.known_at as item_known_at,
            announcement.source_url as item_address
        from {{ ref("core_country") }} as country
        inner join newest on newest.source_id = 'ledger'
        left join {{ ref("core_announcement") }} as announcement on country.iso3 = announcement.iso3
        {% for figure in ["population", "gdp_usd"] %}
            union all
            select
                'mart_country_profile' as mart,
                {{ no_text }} as clock_id,
                iso3,
                '' as row_key,
                '{{ figure }}' as figure,
                cast({{ figure }} as double) as value,
                {{ {"population": "population_source_id", "gdp_usd": "gdp_source_id"}[figure] }} as source_id,
                {{ no_day }} as vintage_known_at,
                {{ no_text }} as item,
                {{ no_day }} as item_known_at,
                {{ no_text }} as item_address
            from {{ ref("core_country") }}
            where {{ figure }} is not null
        {% endfor %}
    ),

    whole_rows as (
        {% for mart, key in (by_row | items | list) + (by_row_undated | items | list) %}
            select
                '{{ mart }}' as mart,
                {{ "clock.clock_id" if mart in by_row else no_text }} as clock_id,
                {{ no_text if mart in without_country else "told.iso3" }} as iso3,
                {{ row_key("told", key) }} as row_key,
                told.known_at as clock_known_at,
                unnest(string_split({{ sources_of_row.get(mart, "told.source_id") }}, '; ')) as source_id
            from {{ ref(mart) }} as told
            {% if mart in by_row %}
                inner join {{ ref("core_clock") }} as clock using (history, as_of, known_at)
            {% endif %}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    row_legs as (
        select
            whole_rows.mart,
            whole_rows.clock_id,
            whole_rows.iso3,
            whole_rows.row_key,
            'row' as figure,
            cast(null as double) as value,
            whole_rows.source_id,
            held.known_at as vintage_known_at,
            {{ no_text }} as item,
            held.known_at as item_known_at,
            {{ no_text }} as item_address
        from whole_rows
        left join
            {{ ref("core_vintage") }} as held
            on whole_rows.source_id = held.source_id
            and {{ is_in_force("held", "whole_rows.clock_known_at") }}
        -- A mart may have a row for what no source tells, or for what a source that was never read would
        -- tell.
        where whole_rows.source_id in (select source_id from newest)
    ),

    all_legs as (
        select *
        from legs
        union all
        select *
        from front_page
        union all
        select *
        from row_legs
    )

select
    legs.mart,
    clock.history,
    legs.iso3,
    clock.as_of,
    clock.known_at,
    coalesce({{ is_latest("clock") }}, true) as is_latest,
    legs.row_key,
    legs.figure,
    cast(legs.value as double) as value,
    legs.source_id,
    legs.item,
    legs.item_known_at,
    legs.item_address,
    vintage.known_at as vintage_known_at,
    vintage.edition,
    vintage.basis as vintage_basis,
    vintage.address,
    vintage.raw_sha256,
    vintage.content_sha256,
    source.licence_id,
    source.attribution
from all_legs as legs
left join {{ ref("core_clock") }} as clock on legs.clock_id = clock.clock_id
left join newest on legs.source_id = newest.source_id
left join
    {{ ref("core_vintage") }} as vintage
    on legs.source_id = vintage.source_id
    and vintage.known_at = coalesce(legs.vintage_known_at, newest.known_at)
left join {{ ref("core_source") }} as source on legs.source_id = source.source_id
