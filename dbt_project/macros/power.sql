{# The kinds of power plants that sources tell apart; the seven that all of them tell, or those with the rest. #}
{% macro fuels(with_rest=true) -%}
    {% set told_by_all = ["coal", "gas", "oil", "nuclear", "hydro", "solar", "wind"] %}
    {{ return(told_by_all + ["other_renewable"] if with_rest else told_by_all) }}
{%- endmacro %}

{# The source of several figures, where they have one and the same. #}
{% macro only_source(names) %}
    {% set told = "case when metric in ('" ~ names | join("', '") ~ "') then source_id end" %}
    case when min({{ told }}) = max({{ told }}) then min({{ told }}) end
{% endmacro %}

{# Those that burn what lay in the ground. #}
{% macro fossil_fuels() -%} {{ return(["coal", "gas", "oil"]) }} {%- endmacro %}

{# What several fuels emit on average, g/kWh; `figure` has {} for the fuel. The factors of fossil fuels are taken
   `fossil_multiple` times. #}
{% macro intensity(names, figure, fossil_multiple=1) %}
    (
        {% for fuel in names %}
            {{ figure.format(fuel) }} * {{ parameter("emission_factor." ~ fuel) }}
            {% if fuel in fossil_fuels() %} * {{ fossil_multiple }} {% endif %}
            {% if not loop.last %} +{% endif %}
        {% endfor %}
    ) / nullif(
        {% for fuel in names %}{{ figure.format(fuel) }}{% if not loop.last %} +{% endif %} {% endfor %}, 0
    )
{% endmacro %}

{# Joins two models of one row per day of knowledge, country and year. #}
{% macro same_year(left, right) -%}
    {{ left }}.clock_known_at = {{ right }}.clock_known_at
    and {{ left }}.iso3 = {{ right }}.iso3
    and {{ left }}.year = {{ right }}.year
{%- endmacro %}

{# The yearly figures of electricity that readers get. #}
{% macro power_metrics() -%}
    {{
        return(
            [
                "generation_twh",
                "demand_twh",
                "consumption_twh",
                "imports_twh",
                "exports_twh",
                "losses_twh",
                "net_import_share",
                "installed_capacity_gw",
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
            ]
        )
    }}
{%- endmacro %}
