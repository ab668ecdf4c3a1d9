{% set group = "clock_id, area, layer, stage_set, weight_basis" %}
with
    shares as (select * from {{ ref("core_party_share") }} where area <> 'world'),

    ranked as (
        select
            shares.*,
            row_number() over (
                partition by {{ group }}, party_kind order by share_min desc, share_max desc, party_id
            ) as size_rank
        from shares
        where party_id is not null and share_min > 0
    ),

    homes as (
        select
            {{ group }},
            any_value(n_phases) as n_phases,
            any_value(total_weight) as total_weight,
            min(grade_score) as grade_score,
            any_value(source_id) as source_id,
            {{ hhi_min("share_min") }} as hhi_home_min,
            {{ hhi_max("share_min") }} as hhi_home_max,
            sum(case when party_id <> area then share_min else 0 end) as foreign_min,
            1 - sum(case when party_id = area then share_min else 0 end) as foreign_max,
            {{ share_of("USA", "min") }} as us_min,
            {{ share_of("USA", "max") }} as us_max,
            {{ share_of("CHN", "min") }} as cn_min,
            {{ share_of("CHN", "max") }} as cn_max,
            1 - sum(share_min) as unknown_share
        from shares
        where party_kind = 'home'
        group by {{ group }}
    )

select
    clock.history,
    homes.area as iso3,
    clock.as_of,
    clock.known_at,
    {{ is_latest("clock") }} as is_latest,
    homes.layer,
    homes.stage_set,
    homes.weight_basis,
    homes.n_phases,
    homes.total_weight,
    {% for column in [
        "hhi_home_min",
        "hhi_home_max",
        "foreign_min",
        "foreign_max",
        "us_min",
        "us_max",
        "cn_min",
        "cn_max",
        "unknown_share",
    ] %}
        round(homes.{{ column }}, 6) as {{ column }},
    {% endfor %}
    top_home.party_id as top_home_iso3,
    top_home.share_min as top_home_min,
    top_home.share_max as top_home_max,
    top_org.party_id as top_org_id,
    top_org.share_min as top_org_min,
    top_org.share_max as top_org_max,
    {{ grade_letter("homes.grade_score") }} as grade,
    homes.source_id,
    {{ assumption_set_id() }} as assumption_set_id
from homes
inner join {{ ref("core_clock") }} as clock on homes.clock_id = clock.clock_id
{% for kind, name in {"home": "top_home", "organisation": "top_org"}.items() %}
    left join
        ranked as {{ name }}
        on homes.clock_id = {{ name }}.clock_id
        and homes.area = {{ name }}.area
        and homes.layer = {{ name }}.layer
        and homes.stage_set = {{ name }}.stage_set
        and homes.weight_basis = {{ name }}.weight_basis
        and {{ name }}.party_kind = '{{ kind }}'
        and {{ name }}.size_rank = 1
{% endfor %}
