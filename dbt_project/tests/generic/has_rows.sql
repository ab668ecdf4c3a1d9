{% test has_rows(model) %}
    select 1 as nothing_there where not exists (select 1 from {{ model }})
{% endtest %}
