{# The Herfindahl index of shares that are partly unknown, 0 to 10,000: the unknown spread singly, or all with the largest. #}
{% macro hhi_min(share) -%} 10000 * sum({{ share }} * {{ share }}) {%- endmacro %}

{% macro hhi_max(share) -%}
    10000 * (
        sum({{ share }} * {{ share }})
        - max({{ share }}) * max({{ share }})
        + (1 - sum({{ share }}) + max({{ share }})) * (1 - sum({{ share }}) + max({{ share }}))
    )
{%- endmacro %}

{# The bounds of one party's share in a group: where it has no row, the part nobody is named for may be its. #}
{% macro share_of(party, bound) -%}
    {%- if bound == "min" -%} coalesce(max(case when party_id = '{{ party }}' then share_min end), 0)
    {%- else -%}
        coalesce(
            max(case when party_id = '{{ party }}' then share_max end),
            max(case when party_id is null then share_max end),
            0
        )
    {%- endif -%}
{%- endmacro %}
