{% set area = "clock_id, area, panel, stage_set, weight_basis" %}
{% set group = "clock_id, iso3, is_in_first, stage, layer, party_kind" %}
{# Where rows of countries count: in the country, in the world, and there among the sites in view from the beginning. #}
{% set areas = [("iso3", "all", ""), ("'world'", "all", ""), ("'world'", "constant", "where is_in_first")] %}
with
    -- Sites that were in view from the beginning: coverage that grows must not look like a trend.
    first_vintage as (
        select distinct project_id, true as is_in_first
        from {{ ref("core_site_state") }}
        where known_at = (select min(known_at) from {{ ref("core_site_state") }})
    ),

    shares as (
        select share.*, first_vintage.is_in_first
        from {{ ref("core_phase_share") }} as share
        left join first_vintage on share.project_id = first_vintage.project_id
    ),

    -- Added up by country and stage first, as most phases of a country have nobody named.
    summed as (
        select
            {{ group }},
            party_id,
            count(*) as n_phases,
            count(v_central_mw) as n_phases_with_mw,
            sum({{ exact("v_central_mw") }}) as total_mw,
            sum({{ exact("least_part") }}) as least_phases,
            sum({{ exact("most_part") }}) as most_phases,
            sum({{ exact("least_part * v_central_mw") }}) as least_mw,
            sum({{ exact("most_part * v_central_mw") }}) as most_mw,
            min(grade_score) as grade_score,
            min(case when v_central_mw is not null then grade_score end) as grade_score_with_mw
        from shares
        group by {{ group }}, party_id
    ),

    weighted as (
        select
            {{ group }},
            party_id,
            'facility_mw' as weight_basis,
            n_phases_with_mw as n_phases,
            total_mw as total_weight,
            least_mw as least_weight,
            most_mw as most_weight,
            grade_score_with_mw as grade_score
        from summed
        where n_phases_with_mw > 0
        union all
        -- Where megawatts are unknown a project still counts as one; the two are never mixed.
        select
            {{ group }},
            party_id,
            'n_phases' as weight_basis,
            n_phases,
            n_phases as total_weight,
            least_phases as least_weight,
            most_phases as most_weight,
            grade_score
        from summed
    ),

    placed as (
        {% for area_name, panel, condition in areas %}
            select *, {{ area_name }} as area, '{{ panel }}' as panel
            from weighted
            inner join {{ ref("ref_stage_set") }} using (stage) {{ condition }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    -- Every phase has one host.
    totals as (
        select {{ area }}, sum(total_weight) as total_weight, sum(n_phases) as n_phases
        from placed
        where layer = 'host'
        group by {{ area }}
    ),

    parties as (
        select
            {{ area }},
            layer,
            party_kind,
            party_id,
            sum(least_weight) as least_weight,
            sum(most_weight) as most_weight,
            min(grade_score) as grade_score
        from placed
        where layer <> 'host' or area = 'world'
        group by {{ area }}, layer, party_kind, party_id
    ),

    layers as (
        select
            {{ area }},
            layer,
            party_kind,
            sum(case when party_id is null then most_weight else 0 end) as nameless_weight,
            min(grade_score) as grade_score
        from parties
        group by {{ area }}, layer, party_kind
    ),

    told_by as (
        select distinct {{ group }}, v_central_mw is not null as has_mw, phase_source_id, party_source_id
        from shares
    ),

    named as (
        {% for basis, condition in {"facility_mw": "has_mw", "n_phases": "true"}.items() %}
            {% for source in ["phase_source_id", "party_source_id"] %}
                select {{ group }}, '{{ basis }}' as weight_basis, {{ source }} as source_id
                from told_by
                where {{ source }} is not null and {{ condition }}
                {% if not loop.last %}
                    union
                {% endif %}
            {% endfor %}
            {% if not loop.last %}
                union
            {% endif %}
        {% endfor %}
    ),

    sources as (
        select
            {{ area }},
            layer,
            party_kind,
            {{ dbt.listagg("source_id", "'; '", "order by source_id") }} as source_id
        from
            (
                {% for area_name, panel, condition in areas %}
                    select
                        clock_id,
                        {{ area_name }} as area,
                        '{{ panel }}' as panel,
                        stage_set,
                        weight_basis,
                        layer,
                        party_kind,
                        source_id
                    from named
                    inner join {{ ref("ref_stage_set") }} using (stage) {{ condition }}
                    {% if not loop.last %}
                        union
                    {% endif %}
                {% endfor %}
            ) as of_area
        group by {{ area }}, layer, party_kind
    )

select
    parties.clock_id,
    parties.area,
    parties.panel,
    parties.layer,
    parties.stage_set,
    parties.weight_basis,
    parties.party_kind,
    parties.party_id,
    cast(totals.total_weight as double) as total_weight,
    cast(totals.n_phases as bigint) as n_phases,
    cast(parties.least_weight as double) / cast(totals.total_weight as double) as share_min,
    least(
        1,
        cast(
            parties.most_weight
            + case when parties.party_id is not null then layers.nameless_weight else 0 end as double
        )
        / cast(totals.total_weight as double)
    ) as share_max,
    layers.grade_score,
    sources.source_id
from parties
inner join totals using ({{ area }})
inner join layers using ({{ area }}, layer, party_kind)
inner join sources using ({{ area }}, layer, party_kind)
where totals.total_weight > 0
