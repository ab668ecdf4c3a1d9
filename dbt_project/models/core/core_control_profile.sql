{% set layers = {"l3_accelerators": "chip_vendor", "l4_owner": "asset_owner", "l5_offtake": "offtaker"} %}
{% set stacked = ["asset_owner", "compute_owner", "operator", "offtaker", "model_provider", "chip_vendor"] %}
{% set stacks = {"home": "foreign_home", "organisation": "org"} %}
with
    shares as (
        select *
        from {{ ref("core_party_share") }}
        where
            area <> 'world'
            and stage_set = 'pipeline_and_operational'
            and layer in ('{{ stacked | join("', '") }}')
    ),

    -- Megawatts where any are known, else projects; the two are never mixed.
    bases as (
        select *
        from
            (
                select
                    clock_id,
                    area,
                    weight_basis,
                    min(grade_score) as grade_score,
                    {{ joined_sources() }} as source_id,
                    row_number() over (partition by clock_id, area order by weight_basis) as choice
                from shares
                group by clock_id, area, weight_basis
            ) as told
        where choice = 1
    ),

    held as (
        select shares.*, shares.share_min > {{ parameter("posture.majority") }} as is_majority
        from shares
        inner join bases using (clock_id, area, weight_basis)
        where shares.party_id is not null
    ),

    layers as (
        select
            clock_id,
            area,
            {% for name, layer in layers.items() %}
                coalesce(
                    max(
                        case
                            when layer <> '{{ layer }}' or not is_majority
                            then null
                            when party_id = area
                            then 'domestic'
                            when party_id = 'USA'
                            then 'us'
                            when party_id = 'CHN'
                            then 'cn'
                            else 'other'
                        end
                    ),
                    case
                        when
                            sum(case when layer = '{{ layer }}' then share_min end)
                            > {{ parameter("posture.majority") }}
                        then 'mixed'
                        else 'unknown'
                    end
                ) as {{ name }}
                {% if not loop.last %},{% endif %}
            {% endfor %}
        from held
        where party_kind = 'home'
        group by clock_id, area
    ),

    -- The same country, or the same organisation, in how many layers it has the most of.
    stacks as (
        select
            clock_id,
            area,
            party_kind,
            party_id,
            count(*) as n_layers,
            row_number() over (
                partition by clock_id, area, party_kind order by count(*) desc, party_id
            ) as height_rank
        from held
        where is_majority and party_id <> area
        group by clock_id, area, party_kind, party_id
    )

select
    bases.clock_id,
    bases.area as iso3,
    bases.weight_basis,
    {% for name in layers %} coalesce(layers.{{ name }}, 'unknown') as {{ name }}, {% endfor %}
    {% for kind, name in stacks.items() %}
        cast(coalesce({{ name }}.n_layers, 0) as bigint) as n_layers_of_top_{{ name }},
        {{ name }}.party_id as top_{{ name }}_over_layers,
    {% endfor %}
    bases.grade_score,
    bases.source_id
from bases
left join layers using (clock_id, area)
{% for kind, name in stacks.items() %}
    left join
        stacks as {{ name }}
        on bases.clock_id = {{ name }}.clock_id
        and bases.area = {{ name }}.area
        and {{ name }}.party_kind = '{{ kind }}'
        and {{ name }}.height_rank = 1
{% endfor %}
