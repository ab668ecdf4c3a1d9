{% set opposite = {"low": "high", "central": "central", "high": "low"} %}
with
    demands as (
        select
            clock.clock_id,
            power.*,
            row_number() over (partition by clock.clock_id, power.iso3 order by power.year desc) as recency
        from {{ ref("core_clock") }} as clock
        inner join
            {{ ref("core_power_year") }} as power
            on clock.known_at = power.clock_known_at
            -- No figure is of a year that had not begun on the day asked about.
            and power.year <= extract(year from clock.as_of)
        where power.demand_twh is not null
    ),

    latest_demand as (select * from demands where recency = 1),

    shares as (
        select
            power.year,
            load.*,
            {% for scenario, other in opposite.items() %}
                load.twh_{{ scenario }} / nullif(power.demand_twh, 0) as share_demand_{{ scenario }},
                load.twh_{{ scenario }} / nullif(power.generation_twh, 0) as share_generation_{{ scenario }},
                load.mw_{{ scenario }}
                * {{ parameter("coincidence", scenario) }}
                / nullif(adequacy.peak_demand_mw_{{ other }}, 0) as share_peak_{{ scenario }},
            {% endfor %}
            load.twh_low * carbon.ci_low_gco2_kwh / 1000 as mtco2_low,
            case
                when carbon.ci_low_gco2_kwh is not null then load.twh_central * power.ci_avg_gco2_kwh / 1000
            end as mtco2_central,
            load.twh_high * carbon.ci_high_gco2_kwh / 1000 as mtco2_high,
            case
                when adequacy.firm_addition_mw_per_year > 0
                then load.pipeline_mw / adequacy.firm_addition_mw_per_year
            end as build_years,
            case
                when adequacy.demand_growth_twh_per_year > 0
                then load.pipeline_twh / adequacy.demand_growth_twh_per_year
            end as growth_ratio
        from {{ ref("core_ai_load") }} as load
        inner join latest_demand as power on load.clock_id = power.clock_id and load.iso3 = power.iso3
        left join {{ ref("core_power_adequacy") }} as adequacy on {{ same_year("power", "adequacy") }}
        left join {{ ref("core_power_carbon") }} as carbon on {{ same_year("power", "carbon") }}
    )

-- A share above one tells that the figures do not fit together.
select
    clock_id,
    iso3,
    year,
    as_of,
    {% for scenario in opposite %} mw_{{ scenario }}, twh_{{ scenario }}, mtco2_{{ scenario }}, {% endfor %}
    {% for share in ["demand", "generation", "peak"] %}
        {% for scenario in opposite %}
            case
                when share_{{ share }}_high <= 1 then share_{{ share }}_{{ scenario }}
            end as share_{{ share }}_{{ scenario }},
        {% endfor %}
    {% endfor %}
    source_id,
    grade,
    pipeline_mw,
    pipeline_source_id,
    pipeline_grade,
    build_years,
    growth_ratio
from shares
