{# Ember's words for what is summed under each name. #}
{% set kinds = {
    "coal": ["Coal"],
    "gas": ["Gas"],
    "oil": ["Other fossil"],
    "nuclear": ["Nuclear"],
    "hydro": ["Hydro"],
    "solar": ["Solar"],
    "wind": ["Wind"],
    "other_renewable": ["Bioenergy", "Other renewables"],
    "fossil": ["Fossil"],
    "renewables": ["Renewables"],
    "low_carbon": ["Clean"],
    "generation": ["Total generation"],
    "demand": ["Demand"],
    "net_imports": ["Net imports"],
} %}
select
    iso3,
    year,
    known_at,
    {% for kind, words in kinds.items() %}
        {% set is_kind = "energy_source in ('" ~ words | join("', '") ~ "')" %}
        cast(sum(case when {{ is_kind }} then {{ exact("generation_twh") }} end) as double) as {{ kind }}_twh,
        {% if kind not in ["demand", "net_imports"] %}
            cast(sum(case when {{ is_kind }} then {{ exact("capacity_gw") }} end) as double) as {{ kind }}_gw,
        {% endif %}
    {% endfor %}
    max(
        case when energy_source = 'Total generation' then emissions_intensity_gco2_kwh end
    ) as carbon_intensity_gco2_kwh
from {{ ref("stg_ember_generation_yearly") }}
where area_type = 'Country or economy' and iso3 is not null
group by iso3, year, known_at
