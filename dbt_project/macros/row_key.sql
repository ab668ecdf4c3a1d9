{# What tells a row in its mart, as key=value joined by commas: the way mart_lineage and `atlas trace` write it. #}
{% macro row_key(relation, columns) -%}
    {%- if not columns -%} ''
    {%- else -%}
        {%- set parts = [] -%}
        {%- for column in columns -%}
            {%- do parts.append("'" ~ ("" if loop.first else ",") ~ column ~ "='") -%}
            {%- do parts.append("cast(" ~ relation ~ "." ~ column ~ " as " ~ dbt.type_string() ~ ")") -%}
        {%- endfor -%}
        {{ dbt.concat(parts) }}
    {%- endif -%}
{%- endmacro %}
