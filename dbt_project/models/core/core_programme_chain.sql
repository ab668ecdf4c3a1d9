with
    events as (select * from {{ ref("core_chain_event") }} where iso3 is not null),

    ranked as (
        select
            events.*,
            row_number() over (
                partition by clock_id, chain_id, programme
                order by
                    case when is_stage_deciding then 0 else 1 end,
                    event_date desc,
                    known_at desc,
                    announcement_id desc
            ) as recency_in_programme
        from events
    ),

    own as (select * from ranked where recency_in_programme = 1),

    -- Another programme's expansion adds a customer; only a change of status without the vendor takes one
    -- away.
    departures as (
        select distinct own.clock_id, own.chain_id, own.programme
        from own
        inner join
            events as later
            on own.clock_id = later.clock_id
            and own.chain_id = later.chain_id
            and own.recency_in_chain > later.recency_in_chain
        where
            later.event_type = 'status_change'
            and later.is_stage_deciding
            and later.programme <> own.programme
            and later.lead_vendor <> own.lead_vendor
            and coalesce(later.local_partners, '')
            not like {{ dbt.concat(["'%'", "own.lead_vendor", "'%'"]) }}
    )

select
    own.clock_id,
    own.chain_id,
    own.programme,
    own.iso3,
    own.programme_stage,
    own.lead_vendor,
    departures.chain_id is not null as has_left
from own
left join
    departures
    on own.clock_id = departures.clock_id
    and own.chain_id = departures.chain_id
    and own.programme = departures.programme
