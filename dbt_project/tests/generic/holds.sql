{# Fails for every row of which the expression is false; a row of which it cannot be told passes. #}
{% test holds(model, expression) %} select * from {{ model }} where not ({{ expression }}) {% endtest %}
