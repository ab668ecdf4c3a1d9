{% set metrics = [
    "generation_twh",
    "demand_twh",
    "consumption_twh",
    "imports_twh",
    "exports_twh",
    "losses_twh",
    "net_import_share",
    "installed_capacity_gw",
    "coal_twh",
    "gas_twh",
    "oil_twh",
    "nuclear_twh",
    "hydro_twh",
    "solar_twh",
    "wind_twh",
    "other_renewable_twh",
    "fossil_twh",
    "renewables_twh",
    "low_carbon_twh",
    "low_carbon_share",
    "ci_avg_gco2_kwh",
] %}
{# No figure is of a year that had not begun on the day asked about. #}
{% set is_past %} wide.year <= extract(year from clocks.as_of) {% endset %}
{% set scenarios = ["low", "central", "high"] %}
with
    facts as (select * from {{ ref("core_electricity_selected") }}),

    wide as (
        select
            clock_known_at,
            iso3,
            year,
            {% for metric in metrics %}
                max(case when metric = '{{ metric }}' then value end) as {{ metric }},
            {% endfor %}
            max(case when metric = 'generation_twh' then source_id end) as generation_source_id,
            max(case when metric = 'generation_twh' then basis end) as generation_basis,
            max(case when metric = 'demand_twh' then source_id end) as demand_source_id,
            max(case when metric = 'demand_twh' then basis end) as demand_basis,
            max(case when metric = 'consumption_twh' then source_id end) as consumption_source_id,
            max(case when metric = 'ci_avg_gco2_kwh' then source_id end) as ci_source_id,
            min(grade_score) as grade_score,
            array_agg(distinct source_id) as source_ids,
            max(case when metric = 'demand_twh' then year end) as demand_year
        from facts
        group by clock_known_at, iso3, year
    ),

    -- The period of these figures is the year, so what is known now is told once, for now.
    clocks as (select * from {{ ref("core_clock") }} where history <> 'as_now' or is_latest),

    latest_demand as (
        select
            clocks.clock_id,
            clocks.history,
            clocks.as_of,
            clocks.known_at,
            wide.iso3,
            max(wide.demand_year) as year
        from clocks
        inner join wide on clocks.known_at = wide.clock_known_at and {{ is_past }}
        where wide.demand_year is not null
        group by clocks.clock_id, clocks.history, clocks.as_of, clocks.known_at, wide.iso3
    ),

    running as (
        select history, iso3, as_of, known_at, v_low_mw, v_central_mw, v_high_mw, source_id, grade
        from {{ ref("mart_country_capacity") }}
        where stage = 'operational'
    ),

    loads as (
        select
            latest_demand.clock_id,
            latest_demand.iso3,
            latest_demand.year,
            running.as_of,
            running.source_id,
            running.grade,
            {% for scenario in scenarios %}
                running.v_{{ scenario }}_mw as mw_{{ scenario }},
                running.v_{{ scenario }}_mw
                * {{ parameter("utilisation", scenario) }}
                * 8760
                / 1000000 as twh_{{ scenario }}
                {% if not loop.last %},{% endif %}
            {% endfor %}
        from latest_demand
        inner join
            running
            on latest_demand.history = running.history
            and latest_demand.as_of = running.as_of
            and latest_demand.known_at = running.known_at
            and latest_demand.iso3 = running.iso3
        where running.v_central_mw is not null
    )

select
    clocks.history,
    wide.iso3,
    cast(wide.year as bigint) as year,
    clocks.as_of,
    clocks.known_at,
    {{ is_latest("clocks") }} as is_latest,
    {% for metric in metrics %} wide.{{ metric }}, {% endfor %}
    wide.generation_source_id,
    wide.generation_basis,
    wide.demand_source_id,
    wide.demand_basis,
    wide.consumption_source_id,
    wide.ci_source_id,
    cast(case when wide.ci_avg_gco2_kwh is not null then wide.year end as bigint) as ci_year,
    loads.as_of as ai_as_of,
    {% for scenario in scenarios %}
        loads.mw_{{ scenario }} as ai_facility_mw_operational_{{ scenario }},
    {% endfor %}
    {% for scenario in scenarios %} loads.twh_{{ scenario }} as ai_twh_{{ scenario }}, {% endfor %}
    {% for scenario in scenarios %}
        case
            when loads.twh_high <= wide.demand_twh then loads.twh_{{ scenario }} / nullif(wide.demand_twh, 0)
        end as ai_share_demand_{{ scenario }},
    {% endfor %}
    loads.source_id as ai_source_id,
    loads.grade as ai_grade,
    case
        when loads.as_of is not null then wide.year < extract(year from loads.as_of)
    end as denominators_provisional,
    {{ grade_letter("wide.grade_score") }} as grade,
    array_to_string(
        list_sort(
            list_distinct(
                case
                    when loads.source_id is null
                    then wide.source_ids
                    else list_concat(wide.source_ids, string_split(loads.source_id, '; '))
                end
            )
        ),
        '; '
    ) as source_id,
    {{ assumption_set_id() }} as assumption_set_id
from clocks
inner join wide on clocks.known_at = wide.clock_known_at and {{ is_past }}
left join loads on clocks.clock_id = loads.clock_id and wide.iso3 = loads.iso3 and wide.year = loads.year
