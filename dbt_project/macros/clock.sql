{# Of the build as a whole: the newest day it knows of, and the newest it is about. #}
{% macro clock(column) -%} (select max({{ column }}) from {{ source("raw", "clock") }}) {%- endmacro %}

{# The clock of the newest figures: of today, as known today. #}
{% macro latest_clock_id() -%}
    (select clock_id from {{ ref("core_clock") }} where history = 'as_now' and is_latest)
{%- endmacro %}

{# Whether a fact was in force at a clock: known by then, and not replaced or gone by then. #}
{% macro is_in_force(fact, day) -%}
    {{ fact }}.known_at <= {{ day }} and ({{ fact }}.known_to is null or {{ fact }}.known_to > {{ day }})
{%- endmacro %}

{# Whether a clock tells the newest figures: of today, as known today. #}
{% macro is_latest(clock) -%} {{ clock }}.is_latest and {{ clock }}.history <> 'as_known' {%- endmacro %}
