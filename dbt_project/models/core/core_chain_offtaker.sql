with
    -- The first and the newest event of a chain that names takers of its capacity; a guess names nobody.
    named as (
        select
            event.clock_id,
            event.chain_id,
            party.org_id,
            rank() over (
                partition by event.clock_id, event.chain_id
                order by event.event_date, event.known_at, event.announcement_id
            ) as place,
            rank() over (
                partition by event.clock_id, event.chain_id
                order by event.event_date desc, event.known_at desc, event.announcement_id desc
            ) as recency
        from {{ ref("core_chain_event") }} as event
        inner join {{ ref("core_clock") }} as clock on event.clock_id = clock.clock_id
        inner join
            {{ ref("core_deal_party") }} as party
            on event.announcement_id = party.announcement_id
            and party.role = 'offtaker'
            and party.confidence <> 'low'
            and party.known_at <= clock.known_at
    )

select
    clock_id,
    chain_id,
    {{ dbt.listagg("case when place = 1 then org_id end", "'; '", "order by org_id") }} as offtaker_initial,
    {{ dbt.listagg("case when recency = 1 then org_id end", "'; '", "order by org_id") }} as offtaker_current
from named
group by clock_id, chain_id
