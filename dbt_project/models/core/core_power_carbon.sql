{% set n_years = 3 %}
{# Twice what was added, nothing where a fuel shrank; NULL where one of the years does not tell it. #}
{% set added %}
    (years.{0}_twh - before.{0}_twh + abs(years.{0}_twh - before.{0}_twh))
{% endset %}
with
    years as (select * from {{ ref("core_power_year") }} where mix_source_id is not null),

    fossil as (select *, {{ intensity(["coal", "gas", "oil"], "{0}_twh") }} as fossil_gco2_kwh from years),

    -- Fossil plants emit no less than the average of all: where it is published higher, those of the country
    -- are worse than the factors by that much.
    scaled as (
        select *, greatest(1, coalesce(ci_avg_gco2_kwh / fossil_gco2_kwh, 1)) as fossil_multiple from fossil
    ),

    -- Fuels of two sources are not set against each other.
    margins as (
        select
            years.clock_known_at,
            years.iso3,
            years.year,
            years.ci_avg_gco2_kwh,
            years.fossil_gco2_kwh * years.fossil_multiple as ci_fossil_gco2_kwh,
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
