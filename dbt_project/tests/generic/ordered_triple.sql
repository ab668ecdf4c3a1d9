{# Fails where low <= central <= high does not hold or only a part is known; `names` has {} for the scenario. #}
{% test ordered_triple(model, names) %}
    {% for name in names %}
        {% set low, central, high = name.format("low"), name.format("central"), name.format("high") %}
        select '{{ name }}' as triple, {{ low }} as low, {{ central }} as central, {{ high }} as high
        from {{ model }}
        where
            {{ low }} > {{ central }}
            or {{ central }} > {{ high }}
            or ({{ low }} is null) <> ({{ central }} is null)
            or ({{ central }} is null) <> ({{ high }} is null)
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
{% endtest %}
