{% set area = "clock_id, area, panel, stage_set, weight_basis" %}
{% set place = "clock_id, iso3, is_in_first, stage_set, layer, party_kind, party_id" %}
with
    -- Sites that were in view from the beginning: coverage that grows must not look like a trend.
    first_vintage as (
        select distinct project_id, true as is_in_first
        from {{ ref("core_site_state") }}
        where known_at = (select min(known_at) from {{ ref("core_site_state") }})
    ),

    -- Added up by country first, as most phases of a country have nobody named.
    summed as (
        select
            {{ place }},
            count(*) as n_phases,
            count(v_central_mw) as n_phases_with_mw,
            sum({{ exact("v_central_mw") }}) as total_mw,
            sum({{ exact("least_part") }}) as least_phases,
            sum({{ exact("most_part") }}) as most_phases,
            sum({{ exact("least_part * v_central_mw") }}) as least_mw,
            sum({{ exact("most_part * v_central_mw") }}) as most_mw,
            min(grade_score) as grade_score,
            min(case when v_central_mw is not null then grade_score end) as grade_score_with_mw,
            array_agg(distinct phase_source_id) as phase_sources,
            array_agg(distinct party_source_id) as party_sources
        from {{ ref("core_phase_share") }}
        inner join {{ ref("ref_stage_set") }} using (stage)
        left join first_vintage using (project_id)
        group by {{ place }}
    ),

    weighted as (
        select
            {{ place }},
            'facility_mw' as weight_basis,
            n_phases_with_mw as n_phases,
            total_mw as total_weight,
            least_mw as least_weight,
            most_mw as most_weight,
            grade_score_with_mw as grade_score,
            phase_sources,
            party_sources
        from summed
        where n_phases_with_mw > 0
        union all
        -- Where megawatts are unknown a project still counts as one; the two are never mixed.
        select
            {{ place }},
            'n_phases' as weight_basis,
            n_phases,
            n_phases as total_weight,
            least_phases as least_weight,
            most_phases as most_weight,
            grade_score,
            phase_sources,
            party_sources
        from summed
    ),

    placed as (
        select *, iso3 as area, 'all' as panel
        from weighted
        union all
        select *, 'world' as area, 'all' as panel
        from weighted
        union all
        select *, 'world' as area, 'constant' as panel
        from weighted
        where is_in_first
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
            min(grade_score) as grade_score,
            list_concat(flatten(array_agg(phase_sources)), flatten(array_agg(party_sources))) as sources
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
            min(grade_score) as grade_score,
            array_to_string(list_sort(list_distinct(flatten(array_agg(sources)))), '; ') as source_id
        from parties
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
    layers.source_id
from parties
inner join totals using ({{ area }})
inner join layers using ({{ area }}, layer, party_kind)
where totals.total_weight > 0
