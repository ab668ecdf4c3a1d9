{# Days by which a day lies after a period, negative before it, 0 within it; NULL where any of the three is unknown. #}
{% macro days_outside(day, first, last) -%}
    case
        when {{ day }} > {{ last }}
        then {{ dbt.datediff(last, day, "day") }}
        when {{ day }} < {{ first }}
        then {{ dbt.datediff(first, day, "day") }}
        when {{ day }} is not null and {{ first }} is not null and {{ last }} is not null
        then 0
    end
{%- endmacro %}
