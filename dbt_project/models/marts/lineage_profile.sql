{% set no_day = "cast(null as date)" %}
{% set no_text = "cast(null as " ~ dbt.type_string() ~ ")" %}
-- The front page of a country is made of rows of other marts, as they are now.
select
    'mart_country_profile' as mart,
    {{ no_text }} as clock_id,
    legs.iso3,
    '' as row_key,
    case
        when legs.mart = 'mart_country_capacity' and legs.figure = 'stated_mw'
        then {{ dbt.concat(["replace(legs.row_key, 'scope=ai,basis=facility_mw,stage=', '')", "'_mw'"]) }}
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
from {{ ref("lineage_figure") }} as legs
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
inner join {{ ref("core_vintage") }} as newest on newest.source_id = 'ledger' and newest.known_to is null
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
