{# One row per metric from a wide relation; absent values leave no row. #}
{% macro unpivot_metrics(relation, keys, metrics) -%}
    {%- for metric in metrics %}
        select {{ keys | join(", ") }}, '{{ metric }}' as metric, {{ metric }} as value
        from {{ relation }}
        where {{ metric }} is not null
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
{%- endmacro %}
