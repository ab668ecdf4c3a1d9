{# One text line for a row of assumptions, so that rows of any table can be hashed together. #}
{% macro assumption_line(kind, columns) %}
    {% set parts = ["'" ~ kind ~ "'"] %}
    {% for column in columns %}
        {% do parts.append("'|'") %}
        {% do parts.append("coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), '')") %}
    {% endfor %}
    {{ return(dbt.concat(parts)) }}
{% endmacro %}
