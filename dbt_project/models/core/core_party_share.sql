{% set area = "clock_id, area, panel, stage_set, weight_basis" %}
with
    phases as (
        select share.*, stage_set.stage_set
        from {{ ref("core_phase_share") }} as share
        inner join {{ ref("ref_stage_set") }} as stage_set on share.stage = stage_set.stage
    ),

    weighted as (
        select phases.*, 'facility_mw' as weight_basis, {{ exact("v_central_mw") }} as weight
        from phases
        where v_central_mw is not null
        union all
        -- Where megawatts are unknown a project still counts as one; the two are never mixed.
        select phases.*, 'n_phases' as weight_basis, 1 as weight
        from phases
    ),

    first_vintage as (
        select distinct project_id
        from {{ ref("core_site_state") }}
        where known_at = (select min(known_at) from {{ ref("core_site_state") }})
    ),

    placed as (
        select weighted.*, iso3 as area, 'all' as panel
        from weighted
        where layer <> 'host'
        union all
        select weighted.*, 'world' as area, 'all' as panel
        from weighted
        union all
        -- Sites that were in view from the beginning: coverage that grows must not look like a trend.
        select weighted.*, 'world' as area, 'constant' as panel
        from weighted
        inner join first_vintage using (project_id)
    ),

    totals as (
        select {{ area }}, sum(weight) as total_weight, count(*) as n_phases
        from (select distinct {{ area }}, phase_id, weight from placed) as phase
        group by {{ area }}
    ),

    parties as (
        select
            {{ area }},
            layer,
            party_kind,
            party_id,
            sum({{ exact("least_part * weight") }}) as least_weight,
            sum({{ exact("most_part * weight") }}) as most_weight
        from placed
        group by {{ area }}, layer, party_kind, party_id
    ),

    origins as (
        select
            {{ area }},
            layer,
            party_kind,
            min(grade_score) as grade_score,
            array_to_string(
                list_sort(list_distinct(list_concat(array_agg(phase_source_id), array_agg(party_source_id)))),
                '; '
            ) as source_id
        from placed
        group by {{ area }}, layer, party_kind
    ),

    nameless as (
        select {{ area }}, layer, party_kind, most_weight as nameless_weight
        from parties
        where party_id is null
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
            parties.most_weight + case
                when parties.party_id is not null then coalesce(nameless.nameless_weight, 0) else 0
            end as double
        )
        / cast(totals.total_weight as double)
    ) as share_max,
    origins.grade_score,
    origins.source_id
from parties
inner join totals using ({{ area }})
inner join origins using ({{ area }}, layer, party_kind)
left join nameless using ({{ area }}, layer, party_kind)
where totals.total_weight > 0
