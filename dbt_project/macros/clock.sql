{# The clock of this build: what had been published by then, and the date the figures are about. #}
{% macro clock(column) -%} (select {{ column }} from {{ source("raw", "clock") }}) {%- endmacro %}
