with recursive
    -- The end of a row is told with the day it was public, or by the row that follows it.
    rows_told as (
        select
            organisation.*,
            case
                when valid_to is not null
                then
                    least(
                        end_known_from,
                        lead(known_at) over (partition by org_id order by valid_from nulls first)
                    )
            end as end_told_from
        from {{ ref("stg_organisations") }} as organisation
    ),

    -- Before the end of a row was public, it was told without one.
    described as (
        select
            org_id,
            name,
            kind,
            iso3 as home_iso3,
            parent_org_id,
            state_owned_pct,
            valid_from,
            cast(null as date) as valid_to,
            known_at,
            end_told_from as known_to
        from rows_told
        where end_told_from is null or end_told_from > known_at
        union all
        select
            org_id,
            name,
            kind,
            iso3 as home_iso3,
            parent_org_id,
            state_owned_pct,
            valid_from,
            valid_to,
            greatest(known_at, end_told_from) as known_at,
            cast(null as date) as known_to
        from rows_told
        where valid_to is not null and (valid_from is null or valid_from < valid_to)
    ),

    -- Everybody up the chain at any time; "union" without "all" ends where a chain turns in a circle.
    lines as (
        select distinct org_id, org_id as ancestor_id
        from described
        union
        select lines.org_id, parent.parent_org_id as ancestor_id
        from lines
        inner join
            described as parent on lines.ancestor_id = parent.org_id and parent.parent_org_id is not null
    ),

    knowledge as (
        select org_id, day as known_at, lead(day) over (partition by org_id order by day) as known_to
        from
            (
                select lines.org_id, described.known_at as day
                from lines
                inner join described on lines.ancestor_id = described.org_id
                union
                select lines.org_id, described.known_to as day
                from lines
                inner join described on lines.ancestor_id = described.org_id
                where described.known_to is not null
            ) as news
    ),

    -- All that was known of a line, each time that something new was.
    pictures as (
        select
            knowledge.org_id, knowledge.known_at, knowledge.known_to, described.valid_from, described.valid_to
        from knowledge
        inner join lines on knowledge.org_id = lines.org_id
        inner join
            described
            on lines.ancestor_id = described.org_id
            and {{ is_in_force("described", "knowledge.known_at") }}
    ),

    intervals as (
        select
            org_id,
            known_at,
            known_to,
            day as valid_from,
            lead(day) over (partition by org_id, known_at order by day nulls first) as valid_to
        from
            (
                select org_id, known_at, known_to, valid_from as day
                from pictures
                union
                select org_id, known_at, known_to, valid_to as day
                from pictures
                where valid_to is not null
            ) as changes
    ),

    told as (
        select
            described.org_id,
            described.name,
            described.kind,
            described.home_iso3,
            described.parent_org_id,
            described.state_owned_pct,
            intervals.valid_from,
            intervals.valid_to,
            intervals.known_at,
            intervals.known_to
        from intervals
        inner join
            described
            on intervals.org_id = described.org_id
            and {{ is_in_force("described", "intervals.known_at") }}
            and {{ is_valid("described", "intervals.valid_from") }}
    ),

    walk as (
        select
            org_id,
            valid_from,
            known_at,
            org_id as ultimate_org_id,
            home_iso3 as ultimate_home_iso3,
            parent_org_id as next_org_id,
            0 as depth
        from told
        union all
        -- A parent of whom nothing is known yet is the last of the chain, without a home.
        select
            walk.org_id,
            walk.valid_from,
            walk.known_at,
            walk.next_org_id as ultimate_org_id,
            parent.home_iso3 as ultimate_home_iso3,
            parent.parent_org_id as next_org_id,
            walk.depth + 1 as depth
        from walk
        left join
            described as parent
            on walk.next_org_id = parent.org_id
            and {{ is_in_force("parent", "walk.known_at") }}
            and {{ is_valid("parent", "walk.valid_from") }}
        -- A guard against organisations that are each other's parent.
        where walk.next_org_id is not null and walk.depth < 20
    )

select
    told.org_id,
    told.name,
    told.kind,
    told.home_iso3,
    told.parent_org_id,
    walk.ultimate_org_id,
    walk.ultimate_home_iso3,
    told.state_owned_pct,
    told.valid_from,
    told.valid_to,
    told.known_at,
    told.known_to,
    'organisations' as source_id
from told
inner join
    walk
    on told.org_id = walk.org_id
    and told.valid_from is not distinct from walk.valid_from
    and told.known_at = walk.known_at
    and (walk.next_org_id is null or walk.depth = 20)
