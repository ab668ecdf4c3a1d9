with
    listed as (
        select project_id, 'compute_owner' as layer, owner as names, known_at, known_to
        from {{ ref("core_site") }}
        union all
        select project_id, 'offtaker' as layer, users as names, known_at, known_to
        from {{ ref("core_site") }}
    ),

    tokens as (
        select project_id, layer, known_at, known_to, trim(unnest(string_split(names, ','))) as token
        from listed
        where names is not null
    ),

    named as (
        select
            project_id,
            layer,
            known_at,
            known_to,
            trim(split_part(token, '#', 1)) as party_name,
            trim(split_part(token, '#', 2)) as tag
        from tokens
    )

select
    named.project_id,
    named.layer,
    named.party_name,
    organisation.org_id,
    case named.tag when 'confident' then 'high' when 'speculative' then 'low' else 'medium' end as confidence,
    named.known_at,
    named.known_to,
    'epoch_data_centers' as source_id
from named
left join {{ ref("core_organisation_name") }} as organisation on lower(named.party_name) = organisation.name
