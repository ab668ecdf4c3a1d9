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

{# The day of the vintage of a source in force at each clock; a clock before the first has no row. #}
{% macro vintages_at_clocks(source_id, clocks, day) -%}
    select {{ clocks }}.clock_id, max(vintage.known_at) as known_at
    from {{ clocks }}
    inner join
        {{ ref("core_vintage") }} as vintage
        on vintage.source_id = '{{ source_id }}'
        and vintage.known_at <= {{ clocks }}.{{ day }}
    group by {{ clocks }}.clock_id
{%- endmacro %}

{# Whether a fact was true on a day; without an end it still is, and without a start it is older than anybody asks for.
   A day that is NULL is the time before all others. #}
{% macro is_valid(fact, day) -%}
    ({{ fact }}.valid_from is null or {{ fact }}.valid_from <= {{ day }})
    and ({{ fact }}.valid_to is null or {{ day }} is null or {{ fact }}.valid_to > {{ day }})
{%- endmacro %}
