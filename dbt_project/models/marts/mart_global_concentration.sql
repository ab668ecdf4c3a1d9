{% set group = "clock_id, panel, layer, stage_set, weight_basis" %}
with
    worlds as (
        select
            {{ group }},
            any_value(n_phases) as n_phases,
            any_value(total_weight) as total_weight,
            min(grade_score) as grade_score,
            any_value(source_id) as source_id,
            {{ share_of("USA", "min") }} as us_min,
            {{ share_of("USA", "max") }} as us_max,
            {{ share_of("CHN", "min") }} as cn_min,
            {{ share_of("CHN", "max") }} as cn_max,
            {{ hhi_min("share_min") }} as hhi_min,
            {{ hhi_max("share_min") }} as hhi_max,
            1 - sum(share_min) as unknown_share,
            count(case when share_min > 0 then 1 end) as n_countries
        from {{ ref("core_party_share") }}
        where area = 'world' and party_kind = 'home'
        group by {{ group }}
    )

select
    clock.history,
    clock.as_of,
    clock.known_at,
    {{ is_latest("clock") }} as is_latest,
    worlds.layer as attribution,
    worlds.stage_set,
    worlds.weight_basis,
    worlds.panel,
    worlds.n_phases,
    worlds.total_weight,
    round(worlds.us_min, 6) as us_min,
    round(
        case when worlds.unknown_share < 1 then worlds.us_min / (1 - worlds.unknown_share) end, 6
    ) as us_of_known,
    round(worlds.us_max, 6) as us_max,
    round(worlds.cn_min, 6) as cn_min,
    round(worlds.cn_max, 6) as cn_max,
    round(worlds.hhi_min, 3) as hhi_min,
    round(worlds.hhi_max, 3) as hhi_max,
    round(10000 / worlds.hhi_max, 6) as n_eff_min,
    round(10000 / nullif(worlds.hhi_min, 0), 6) as n_eff_max,
    cast(worlds.n_countries as bigint) as n_countries,
    round(worlds.unknown_share, 6) as unknown_share,
    {{ parameter("coverage_est") }} as coverage_est,
    -- What is not covered may all be elsewhere or all be American. The estimate is of the megawatts that run.
    {% set is_estimated %}
        worlds.panel = 'all' and worlds.stage_set = 'operational' and worlds.weight_basis = 'facility_mw'
    {% endset %}
    {% set covered = parameter("coverage_est", "low") %}
    round(case when {{ is_estimated }} then {{ covered }} * worlds.us_min end, 6) as us_world_min,
    round(
        case when {{ is_estimated }} then {{ covered }} * worlds.us_max + 1 - {{ covered }} end, 6
    ) as us_world_max,
    {{ grade_letter("worlds.grade_score") }} as grade,
    worlds.source_id,
    {{ assumption_set_id() }} as assumption_set_id
from worlds
inner join {{ ref("core_clock") }} as clock on worlds.clock_id = clock.clock_id
-- Before the first list nobody could have followed its sites.
where worlds.panel = 'all' or clock.known_at >= (select min(known_at) from {{ ref("core_site_state") }})
