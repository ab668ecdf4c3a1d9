{% set layers = [
    "asset_owner",
    "developer",
    "operator",
    "compute_owner",
    "offtaker",
    "model_provider",
    "financier",
    "chip_vendor",
] %}
{% set keys = "clock_id, phase_id, layer, party_kind" %}
with
    parties as (
        select *, 'organisation' as party_kind, org_id as party_id
        from {{ ref("core_phase_party") }}
        union all
        select *, 'home' as party_kind, home_iso3 as party_id
        from {{ ref("core_phase_party") }}
    ),

    phases as (
        select
            {{ keys }},
            count(*) = count(share) as is_divided,
            count(distinct party_id) = 1 and count(party_id) = count(*) as is_of_one,
            count(party_id) < count(*) as has_nameless,
            sum(case when party_id is not null then share else 0 end) as named_share,
            min(grade_score) as grade_score,
            min(source_id) as source_id
        from parties
        group by {{ keys }}
    ),

    -- Several parties without stated shares: any of them may have all of the phase or none of it.
    named as (
        select
            {{ keys }},
            party_id,
            case when is_divided then sum(share) when is_of_one then 1 else 0 end as least_part,
            case when is_divided then sum(share) else 1 end as most_part,
            phases.grade_score,
            phases.source_id
        from parties
        inner join phases using ({{ keys }})
        where party_id is not null
        group by {{ keys }}, party_id, is_divided, is_of_one, phases.grade_score, phases.source_id
    ),

    expected as (
        select phase.clock_id, phase.phase_id, layers.layer, kinds.party_kind
        from {{ ref("core_capacity_phase") }} as phase
        cross join (select unnest({{ layers }}) as layer) as layers
        cross join (select unnest(['organisation', 'home']) as party_kind) as kinds
        where phase.is_selected
    ),

    -- The part nobody is named for may be anybody's.
    nameless as (
        select
            {{ keys }},
            cast(null as {{ dbt.type_string() }}) as party_id,
            0 as least_part,
            case
                when is_divided is null
                then 1
                when is_divided
                then 1 - named_share
                when has_nameless
                then 1
                else 0
            end as most_part,
            grade_score,
            source_id
        from expected
        left join phases using ({{ keys }})
    ),

    told as (
        select *
        from named
        union all
        select *
        from nameless
        where most_part > 0
        union all
        -- The country itself, so that control can be compared with place.
        select
            clock_id,
            phase_id,
            'host' as layer,
            'home' as party_kind,
            iso3 as party_id,
            1 as least_part,
            1 as most_part,
            grade_score,
            source_id
        from {{ ref("core_capacity_phase") }}
        where is_selected
    )

select
    told.clock_id,
    told.phase_id,
    phase.project_id,
    phase.iso3,
    phase.stage,
    phase.v_central_mw,
    told.layer,
    told.party_kind,
    told.party_id,
    cast(told.least_part as double) as least_part,
    cast(told.most_part as double) as most_part,
    phase.source_id as phase_source_id,
    told.source_id as party_source_id,
    least(phase.grade_score, told.grade_score) as grade_score
from told
inner join
    {{ ref("core_capacity_phase") }} as phase
    on told.clock_id = phase.clock_id
    and told.phase_id = phase.phase_id
