{# Fails for every value a column holds outside of its words; `words` lists them by column, and NULL is no word. #}
{% test vocabulary(model, words) %}
    {% for column, allowed in words.items() %}
        select distinct '{{ column }}' as column_name, cast({{ column }} as {{ dbt.type_string() }}) as value
        from {{ model }}
        where cast({{ column }} as {{ dbt.type_string() }}) not in ('{{ allowed | join("', '") }}')
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
{% endtest %}
