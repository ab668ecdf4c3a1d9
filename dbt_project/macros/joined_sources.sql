{# The sources of all rows of a group, each once and in order; `sources` may itself be several joined by '; '. #}
{% macro joined_sources(sources="source_id") -%}
    array_to_string(list_sort(list_distinct(flatten(array_agg(string_split({{ sources }}, '; '))))), '; ')
{%- endmacro %}
