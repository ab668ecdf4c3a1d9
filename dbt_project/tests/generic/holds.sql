{# Fails for every row for which the condition is false; what is unknown breaks no rule. #}
{% test holds(model, condition) %} select * from {{ model }} where not ({{ condition }}) {% endtest %}
