{# Megawatts of a phase with one parameter moved and every other at its central value. #}
{% macro moved_mw(moved, scenario) -%}
    stated_mw * case
        when mw_basis = 'company_stated'
        then
            {{
                parameter(
                    "mw_band.company_stated", scenario if moved == "mw_band.company_stated" else "central"
                )
            }}
        else {{ parameter("mw_band.modelled", scenario if moved == "mw_band.modelled" else "central") }}
    end
    * case
        when mw_basis = 'converted'
        then {{ parameter("facility_per_it", scenario if moved == "facility_per_it" else "central") }}
        else 1
    end
{%- endmacro %}
