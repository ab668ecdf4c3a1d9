select
    clock.history,
    share.area as iso3,
    clock.as_of,
    clock.known_at,
    {{ is_latest("clock") }} as is_latest,
    share.layer,
    share.stage_set,
    share.weight_basis,
    share.party_kind,
    coalesce(share.party_id, 'unknown') as party_id,
    case
        when share.party_kind = 'home' then share.party_id else organisation.ultimate_home_iso3
    end as home_iso3,
    organisation.name as party_name,
    round(case when share.party_id is not null then share.share_min end, 6) as share_min,
    round(
        case
            when share.party_id is not null
            then share.share_min / nullif(sum(share.share_min) over parties, 0)
        end,
        6
    ) as share_of_known,
    round(share.share_max, 6) as share_max,
    share.n_phases,
    {{ grade_letter("share.grade_score") }} as grade,
    share.source_id,
    {{ assumption_set_id() }} as assumption_set_id
from {{ ref("core_party_share") }} as share
inner join {{ ref("core_clock") }} as clock on share.clock_id = clock.clock_id
left join
    {{ ref("core_organisation") }} as organisation
    on share.party_kind = 'organisation'
    and share.party_id = organisation.org_id
    and {{ is_in_force("organisation", "clock.known_at") }}
    and {{ is_valid("organisation", "clock.as_of") }}
where share.area <> 'world'
window
    parties as (
        partition by
            share.clock_id, share.area, share.layer, share.stage_set, share.weight_basis, share.party_kind
    )
