{# A figure to be summed: sums of floats depend on the order they are added in, and a mart may not. #}
{% macro exact(figure) -%} cast({{ figure }} as decimal(24, 6)) {%- endmacro %}
