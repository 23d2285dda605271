{# Made by segdb of run 1: run `segdb compile --dbt` again, do not edit. #}
{% test segdb_between(model, column_name, least, most) %}
SELECT * FROM {{ model }} WHERE {{ column_name }} < {{ least }} OR {{ column_name }} > {{ most }}
{% endtest %}
