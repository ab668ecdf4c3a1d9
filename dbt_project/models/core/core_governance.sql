{# The dimensions of the World Bank that say anything of a principle of "democratic AI". #}
{% set indicators = {"va": "voice_and_accountability", "rl": "rule_of_law", "rq": "regulatory_quality"} %}
select
    iso3,
    cast(year as bigint) as year,
    case
        dimension
        {% for dimension, indicator in indicators.items() %}
            when '{{ dimension }}' then '{{ indicator }}'
        {% endfor %}
    end as indicator,
    estimate,
    standard_error,
    percentile_rank_pct,
    'world_bank_governance' as source_id,
    known_at,
    known_to
from {{ ref("stg_world_bank_governance") }}
where iso3 is not null and dimension in ('{{ indicators.keys() | join("', '") }}')
