{% set n_years = 3 %}
{% set burnt = fossil_fuels() %}
{% set clean = fuels(with_rest=false) | reject("in", burnt) | list %}
{# Twice what was added, nothing where a fuel shrank; NULL where one of the years does not tell it. #}
{% set added %}
    (years.{0}_twh - before.{0}_twh + abs(years.{0}_twh - before.{0}_twh))
{% endset %}
with
    years as (select * from {{ ref("core_power_year") }} where mix_source_id is not null),

    -- A fuel nobody tells of is nothing where the others are nearly all there is, which is asked below.
    parts as (
        select
            *,
            {{ burnt | join("_twh + ") }}_twh as burnt_twh,
            {{ intensity(burnt, "{0}_twh") }} as burnt_gco2_kwh,
            {% for fuel in clean %}
                coalesce({{ fuel }}_twh, 0) {% if not loop.last %} +{% endif %}
            {% endfor %} as clean_twh,
            coalesce({{ intensity(clean, "coalesce({0}_twh, 0)") }}, 0) as clean_gco2_kwh
        from years
    ),

    -- The plants of a country can be worse than the factors: what is published on average of all is then what
    -- its fossil plants emit beside the others, and where these are too much of it to tell, no less than the
    -- average.
    scaled as (
        select
            *,
            greatest(
                1,
                coalesce(
                    case
                        when
                            burnt_twh + clean_twh
                            >= {{ parameter("fossil_intensity.named_share") }} * generation_twh
                            and burnt_twh >= {{ parameter("fossil_intensity.fossil_share") }} * generation_twh
                        then
                            (ci_avg_gco2_kwh * (burnt_twh + clean_twh) - clean_gco2_kwh * clean_twh)
                            / (burnt_gco2_kwh * burnt_twh)
                        else ci_avg_gco2_kwh / burnt_gco2_kwh
                    end,
                    1
                )
            ) as fossil_multiple
        from parts
    ),

    -- Fuels of two sources are not set against each other.
    margins as (
        select
            years.clock_known_at,
            years.iso3,
            years.year,
            years.ci_avg_gco2_kwh,
            years.burnt_gco2_kwh * years.fossil_multiple as ci_fossil_gco2_kwh,
            {{ intensity(fuels(with_rest=false), added, "years.fossil_multiple") }} as ci_added_gco2_kwh
        from scaled as years
        left join
            years as before
            on years.clock_known_at = before.clock_known_at
            and years.iso3 = before.iso3
            and years.mix_source_id = before.mix_source_id
            and years.year = before.year + {{ n_years }}
    )

select
    clock_known_at,
    iso3,
    year,
    ci_fossil_gco2_kwh,
    ci_added_gco2_kwh,
    {% for scenario, corner in {"low": "least", "high": "greatest"}.items() %}
        case
            when ci_avg_gco2_kwh is not null
            then
                {{ corner }} (
                    ci_avg_gco2_kwh,
                    coalesce(ci_added_gco2_kwh, ci_avg_gco2_kwh),
                    coalesce(ci_fossil_gco2_kwh, ci_avg_gco2_kwh)
                )
        end as ci_{{ scenario }}_gco2_kwh
        {% if not loop.last %},{% endif %}
    {% endfor %}
from margins
