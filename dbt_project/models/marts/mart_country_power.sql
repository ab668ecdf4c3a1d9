{% set metrics = power_metrics() %}
{% set scenarios = ["low", "central", "high"] %}
{# No figure is of a year that had not begun on the day asked about. #}
{% set is_past %}year <= extract(year from clocks.as_of){% endset %}
with
    -- The period of these figures is the year, so what is known now is told once, for now.
    clocks as (select * from {{ ref("core_clock") }} where history <> 'as_now' or is_latest),

    years as (
        select clocks.clock_id, power.*
        from clocks
        inner join {{ ref("core_power_year") }} as power on clocks.known_at = power.clock_known_at
        where power.{{ is_past }}
    ),

    -- The largest users first, whose size is that of an AI site; of their band the newest half of the year.
    ranked_prices as (
        select
            clocks.clock_id,
            price.*,
            row_number() over (
                partition by clocks.clock_id, price.iso3, price.year
                order by case when price.band = 'IG' then 1 else 2 end, price.period desc
            ) as choice
        from clocks
        inner join {{ ref("core_power_price") }} as price on {{ is_in_force("price", "clocks.known_at") }}
        where price.{{ is_past }}
    ),

    prices as (select * from ranked_prices where choice = 1),

    spine as (
        select clock_id, iso3, year
        from years
        union
        select clock_id, iso3, year
        from prices
    )

select
    clocks.history,
    spine.iso3,
    cast(spine.year as bigint) as year,
    clocks.as_of,
    clocks.known_at,
    {{ is_latest("clocks") }} as is_latest,
    {% for metric in metrics %} years.{{ metric }}, {% endfor %}
    years.generation_source_id,
    years.generation_basis,
    years.demand_source_id,
    years.demand_basis,
    years.consumption_source_id,
    {% for scenario in scenarios %} adequacy.peak_demand_mw_{{ scenario }}, {% endfor %}
    case when adequacy.peak_demand_mw_central is not null then 'estimated' end as peak_basis,
    {% for scenario in scenarios %} adequacy.firm_capacity_mw_{{ scenario }}, {% endfor %}
    {% for scenario in scenarios %} adequacy.firm_headroom_mw_{{ scenario }}, {% endfor %}
    adequacy.firm_addition_mw_per_year,
    adequacy.demand_growth_twh_per_year,
    adequacy.demand_growth_twh_per_year > 0 as is_demand_growing,
    years.ci_avg_gco2_kwh,
    years.ci_source_id,
    cast(case when years.ci_avg_gco2_kwh is not null then years.year end as bigint) as ci_year,
    carbon.ci_low_gco2_kwh,
    carbon.ci_high_gco2_kwh,
    carbon.ci_added_gco2_kwh,
    carbon.ci_fossil_gco2_kwh,
    years.mix_source_id,
    prices.price_usd_mwh,
    prices.price_eur_mwh,
    case
        when prices.band is not null
        then {{ dbt.concat(["'eurostat_'", "lower(prices.band)", "'_excl_vat'"]) }}
    end as price_basis,
    prices.period as price_period,
    cast(null as double) as price_rel_usa,
    ai.as_of as ai_as_of,
    {% for scenario in scenarios %}
        ai.mw_{{ scenario }} as ai_facility_mw_operational_{{ scenario }},
    {% endfor %}
    {% for scenario in scenarios %} ai.twh_{{ scenario }} as ai_twh_{{ scenario }}, {% endfor %}
    {% for scenario in scenarios %}
        ai.share_demand_{{ scenario }} as ai_share_demand_{{ scenario }},
    {% endfor %}
    {% for scenario in scenarios %}
        ai.share_generation_{{ scenario }} as ai_share_generation_{{ scenario }},
    {% endfor %}
    {% for scenario in scenarios %} ai.share_peak_{{ scenario }} as ai_share_peak_{{ scenario }}, {% endfor %}
    cast(null as double) as btm_share,
    {% for scenario in scenarios %} ai.mtco2_{{ scenario }} as ai_mtco2_{{ scenario }}, {% endfor %}
    ai.source_id as ai_source_id,
    ai.grade as ai_grade,
    ai.pipeline_mw,
    ai.pipeline_source_id,
    ai.pipeline_grade,
    ai.build_years as build_years_central,
    ai.growth_ratio as growth_ratio_central,
    spine.year < extract(year from ai.as_of) as denominators_provisional,
    {{ grade_letter("least(years.grade_score, prices.grade_score)") }} as grade,
    array_to_string(
        list_sort(
            list_distinct(
                string_split(
                    concat_ws(
                        '; ',
                        years.source_id,
                        ai.source_id,
                        ai.pipeline_source_id,
                        prices.source_id,
                        prices.rate_source_id
                    ),
                    '; '
                )
            )
        ),
        '; '
    ) as source_id,
    {{ assumption_set_id() }} as assumption_set_id
from spine
inner join clocks on spine.clock_id = clocks.clock_id
left join years on spine.clock_id = years.clock_id and spine.iso3 = years.iso3 and spine.year = years.year
left join {{ ref("core_power_adequacy") }} as adequacy on {{ same_year("years", "adequacy") }}
left join {{ ref("core_power_carbon") }} as carbon on {{ same_year("years", "carbon") }}
left join prices on spine.clock_id = prices.clock_id and spine.iso3 = prices.iso3 and spine.year = prices.year
left join
    {{ ref("core_ai_power") }} as ai
    on spine.clock_id = ai.clock_id
    and spine.iso3 = ai.iso3
    and spine.year = ai.year
