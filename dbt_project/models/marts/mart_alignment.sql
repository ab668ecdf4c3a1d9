{% set layers = {"operator": "operator", "chip": "chip_vendor"} %}
{% set bounds = ["us_min", "us_max", "cn_min", "cn_max"] %}
with
    -- What the country runs on: megawatts where any are known, else projects, never both.
    platforms as (
        select
            history,
            iso3,
            as_of,
            known_at,
            weight_basis,
            {% for layer, code in layers.items() %}
                {% for bound in bounds %}
                    max(case when layer = '{{ code }}' then {{ bound }} end) as {{ layer }}_{{ bound }},
                {% endfor %}
            {% endfor %}
            -- The home that has most of it even if all that nobody is named for is another's.
            case
                when max(case when layer = 'operator' then us_min end) > {{ parameter("posture.majority") }}
                then 'align_us'
                when max(case when layer = 'operator' then cn_min end) > {{ parameter("posture.majority") }}
                then 'align_cn'
            end as revealed_posture,
            max(grade) as revealed_grade,
            {{ joined_sources() }} as revealed_source_id,
            row_number() over (
                partition by history, iso3, as_of, known_at
                order by case when weight_basis = 'facility_mw' then 1 else 2 end
            ) as preference
        from {{ ref("mart_platform_dependency") }}
        where stage_set = 'pipeline_and_operational' and layer in ('{{ layers.values() | join("', '") }}')
        group by history, iso3, as_of, known_at, weight_basis
    )

select
    clock.history,
    stated.iso3,
    clock.as_of,
    clock.known_at,
    {{ is_latest("clock") }} as is_latest,
    stated.n_us as n_us_blocs,
    stated.n_cn as n_cn_blocs,
    stated.us_blocs,
    stated.cn_blocs,
    stated.stated_min,
    stated.stated,
    stated.stated_max,
    stated.hedging,
    stated.stated_posture,
    {% for layer in layers %}
        {% for bound in bounds %}
            platforms.{{ layer }}_{{ bound }} as revealed_{{ layer }}_{{ bound }},
        {% endfor %}
    {% endfor %}
    platforms.weight_basis as revealed_weight_basis,
    -- In one camp by its blocs and on the other's platform is a hedge as well.
    case
        when stated.stated_posture = 'pole'
        then 'pole'
        when stated.stated_posture = 'none' and platforms.iso3 is null
        then 'none'
        when stated.stated_posture = platforms.revealed_posture
        then stated.stated_posture
        when
            stated.stated_posture in ('hedge', 'align_us', 'align_cn')
            and platforms.revealed_posture is not null
        then 'hedge'
        else 'indeterminate'
    end as posture,
    stated.export_regime,
    stated.expired_export_regime,
    {{ grade_letter("stated.grade_score") }} as grade,
    platforms.revealed_grade,
    stated.source_id,
    platforms.revealed_source_id,
    {{ assumption_set_id() }} as assumption_set_id
from {{ ref("core_stated_alignment") }} as stated
inner join {{ ref("core_clock") }} as clock on stated.clock_id = clock.clock_id
left join
    platforms
    on clock.history = platforms.history
    and stated.iso3 = platforms.iso3
    and clock.as_of = platforms.as_of
    and clock.known_at = platforms.known_at
    and platforms.preference = 1
