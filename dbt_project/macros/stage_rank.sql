{# The place of a stage on the ladder of works; NULL for side states, which are not on it. #}
{% macro stage_rank(stage) -%}
    case
        {{ stage }}
        {%- for step in ["rumoured", "announced", "committed", "under_construction", "operational"] %}
            when '{{ step }}' then {{ loop.index }}
        {%- endfor %}
    end
{%- endmacro %}
