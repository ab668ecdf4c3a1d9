{# The score of one component of confidence, 0 to 1; NULL where the level has no row in ref_parameter. #}
{% macro grade_score(component, level_expression) -%}
    (
        select max(p.value)
        from {{ ref("ref_parameter") }} p
        where p.parameter = {{ dbt.concat(["'grade_score." ~ component ~ ".'", level_expression]) }}
    )
{%- endmacro %}

{# The letter of the worst component: A is the best, E is anything below the threshold of D. #}
{% macro grade_letter(score) -%}
    case
        when {{ score }} is null
        then null
        {%- for letter in ["A", "B", "C", "D"] %}
            when {{ score }} >= {{ parameter("grade_threshold." ~ letter) }} then '{{ letter }}'
        {%- endfor %}
        else 'E'
    end
{%- endmacro %}
