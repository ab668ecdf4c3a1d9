with
    newest as (
        select
            fact.*, row_number() over (partition by iso3, indicator, source_id order by year desc) as recency
        from {{ ref("mart_democratic_ai") }} as fact
        where {{ is_in_force("fact", clock("known_at")) }}
    ),

    partners as (
        select programme, iso3
        from {{ ref("mart_country_programme") }}
        where is_latest and current_stage >= {{ programme_stage("mou") }}
    ),

    -- Every country is a partner of the programme or one of the others, for every indicator, covered or not.
    -- Where nobody lives, or people are counted with another country, there is none.
    compared as (
        select
            programme.programme,
            indicator.principle,
            indicator.indicator,
            indicator.source_id,
            indicator.is_covered,
            indicator.is_proxy,
            indicator.unit,
            partners.iso3 is not null as is_partner,
            newest.year,
            newest.value,
            newest.value_0_100
        from (select distinct programme from partners) as programme
        cross join {{ ref("ref_democratic_indicator") }} as indicator
        inner join {{ ref("dim_country") }} as country on country.population > 0
        left join partners on programme.programme = partners.programme and country.iso3 = partners.iso3
        left join
            newest
            on country.iso3 = newest.iso3
            and indicator.indicator = newest.indicator
            and indicator.source_id = newest.source_id
            and newest.recency = 1
    )

select
    programme,
    principle,
    indicator,
    is_covered,
    is_proxy,
    unit,
    max(year) as year,
    {% for name, condition in {"partners": "is_partner", "others": "not is_partner"}.items() %}
        cast(sum(case when {{ condition }} then 1 else 0 end) as bigint) as n_{{ name }},
        cast(
            sum(case when {{ condition }} and value is not null then 1 else 0 end) as bigint
        ) as n_{{ name }}_covered,
        median(case when {{ condition }} then value end) as {{ name }}_median,
        median(case when {{ condition }} then value_0_100 end) as {{ name }}_median_0_100,
    {% endfor %}
    source_id,
    {{ clock("known_at") }} as known_at,
    {{ assumption_set_id() }} as assumption_set_id
from compared
group by programme, principle, indicator, is_covered, is_proxy, unit, source_id
