{# One row per metric from a wide relation; `metrics` lists {metric, basis} and absent values leave no row. #}
{% macro unpivot_metrics(relation, keys, metrics) -%}
    {%- for item in metrics %}
        select
            {{ keys | join(", ") }},
            '{{ item.metric }}' as metric,
            {{ item.metric }} as value,
            '{{ item.basis }}' as basis
        from {{ relation }}
        where {{ item.metric }} is not null
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
{%- endmacro %}
