{# The number of a stage of a programme, by its word in ref_programme_stage: "at least mou" reads better than ">= 3". #}
{% macro programme_stage(label) -%}
    (select programme_stage from {{ ref("ref_programme_stage") }} where stage_label = '{{ label }}')
{%- endmacro %}
