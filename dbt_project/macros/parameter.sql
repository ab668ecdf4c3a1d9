{# The value of an assumption: a row of ref_parameter, never a constant in a query. #}
{% macro parameter(name, scenario="central") -%}
    (
        select value
        from {{ ref("ref_parameter") }}
        where parameter = '{{ name }}' and scenario = '{{ scenario }}'
    )
{%- endmacro %}

{# The identifier of the set of assumptions in force, carried by every row of a fact mart. #}
{% macro assumption_set_id() -%}
    (select assumption_set_id from {{ ref("core_assumption_set") }})
{%- endmacro %}
