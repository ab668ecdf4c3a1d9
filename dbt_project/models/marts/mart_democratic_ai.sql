{% set z_90_pct = parameter("governance.z_90_pct") %}
with
    facts as (
        select
            iso3,
            year,
            indicator,
            source_id,
            estimate - {{ z_90_pct }} * standard_error as low,
            estimate as value,
            estimate + {{ z_90_pct }} * standard_error as high,
            percentile_rank_pct as value_0_100,
            known_at,
            known_to
        from {{ ref("core_governance") }}
        union all
        -- Providers outside of the census may sell there too, so there is no upper end.
        select
            iso3,
            year,
            'n_cloud_providers' as indicator,
            source_id,
            n_providers as low,
            n_providers as value,
            null as high,
            100 * n_providers / cast(n_providers_counted as double) as value_0_100,
            known_at,
            known_to
        from {{ ref("core_cloud_provider_count") }}
    )

select
    facts.iso3,
    facts.year,
    indicator.principle,
    facts.indicator,
    indicator.is_proxy,
    facts.low,
    facts.value,
    facts.high,
    indicator.unit,
    facts.value_0_100,
    indicator.scale_0_100,
    facts.source_id,
    facts.known_at,
    facts.known_to,
    {{ assumption_set_id() }} as assumption_set_id
from facts
inner join
    {{ ref("ref_democratic_indicator") }} as indicator
    on facts.indicator = indicator.indicator
    and facts.source_id = indicator.source_id
