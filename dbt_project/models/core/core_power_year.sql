{% set mix = [] %}
{% set capacity = [] %}
{% for fuel in fuels(with_rest=false) %} {% do mix.append(fuel ~ "_twh") %} {% endfor %}
{% for fuel in fuels() %} {% do capacity.append(fuel ~ "_gw") %} {% endfor %}
{% set metrics = power_metrics() + ["ci_avg_gco2_kwh"] %}
{% set year = "clock_known_at, iso3, year" %}
with
    years as (
        select
            clock_known_at,
            iso3,
            year,
            {% for metric in metrics + capacity %}
                max(case when metric = '{{ metric }}' then value end) as {{ metric }},
            {% endfor %}
            {% for metric in ["generation", "demand"] %}
                max(case when metric = '{{ metric }}_twh' then source_id end) as {{ metric }}_source_id,
                max(case when metric = '{{ metric }}_twh' then basis end) as {{ metric }}_basis,
            {% endfor %}
            max(case when metric = 'consumption_twh' then source_id end) as consumption_source_id,
            max(case when metric = 'ci_avg_gco2_kwh' then source_id end) as ci_source_id,
            {{ only_source(mix) }} as mix_source_id,
            {{ only_source(capacity) }} as capacity_source_id,
            min(grade_score) as grade_score
        from {{ ref("core_electricity_selected") }}
        group by clock_known_at, iso3, year
    ),

    -- A list of every figure's source would not fit in memory once there are many.
    sources as (
        select {{ year }}, {{ dbt.listagg("source_id", "'; '", "order by source_id") }} as source_id
        from (select distinct {{ year }}, source_id from {{ ref("core_electricity_selected") }}) as named
        group by {{ year }}
    )

select years.*, sources.source_id
from years
inner join sources using ({{ year }})
