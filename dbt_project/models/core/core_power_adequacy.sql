{% set corners = {"low": "high", "central": "central", "high": "low"} %}
{% set n_years = 5 %}
with
    years as (select * from {{ ref("core_power_year") }}),

    -- Where a kind of plant generates and its capacity is not told, firm capacity is unknown, not less.
    firm as (
        select
            years.*,
            {% for scenario in corners %}
                case
                    when
                        capacity_source_id is not null
                        {% for fuel in fuels() %}
                            and ({{ fuel }}_gw is not null or coalesce({{ fuel }}_twh, 0) <= 0)
                        {% endfor %}
                    then
                        {% for fuel in fuels() %}
                            coalesce({{ fuel }}_gw, 0) * {{ parameter("capacity_credit." ~ fuel, scenario) }}
                            {% if not loop.last %} +{% endif %}
                        {% endfor %}
                end
                * 1000 as firm_capacity_mw_{{ scenario }},
            {% endfor %}
            -- The peak is lowest where the load is most even.
            {% for scenario, opposite in corners.items() %}
                demand_twh
                * 1000000
                / 8760
                / {{ parameter("system_load_factor", opposite) }} as peak_demand_mw_{{ scenario }}
                {% if not loop.last %},{% endif %}
            {% endfor %}
        from years
    )

select
    firm.clock_known_at,
    firm.iso3,
    firm.year,
    {% for scenario in corners %} firm.peak_demand_mw_{{ scenario }}, {% endfor %}
    {% for scenario in corners %} firm.firm_capacity_mw_{{ scenario }}, {% endfor %}
    {% for scenario, opposite in corners.items() %}
        round(
            firm.firm_capacity_mw_{{ scenario }}
            - firm.peak_demand_mw_{{ opposite }} * (1 + {{ parameter("reserve_margin", opposite) }}),
            3
        ) as firm_headroom_mw_{{ scenario }},
    {% endfor %}
    -- A change between two sources, or two definitions, is no growth.
    case
        when firm.capacity_source_id = before.capacity_source_id
        then (firm.firm_capacity_mw_central - before.firm_capacity_mw_central) / {{ n_years }}
    end as firm_addition_mw_per_year,
    case
        when firm.demand_source_id = before.demand_source_id and firm.demand_basis = before.demand_basis
        then (firm.demand_twh - before.demand_twh) / {{ n_years }}
    end as demand_growth_twh_per_year
from firm
left join
    firm as before
    on firm.clock_known_at = before.clock_known_at
    and firm.iso3 = before.iso3
    and firm.year = before.year + {{ n_years }}
