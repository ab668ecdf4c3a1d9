with
    told as (
        select event.clock_id, announcement.*
        from {{ ref("core_chain_event") }} as event
        inner join
            {{ ref("core_announcement") }} as announcement
            on event.announcement_id = announcement.announcement_id
        where announcement.iso3 is not null
    ),

    vendors as (
        select
            clock_id,
            iso3,
            programme,
            {{ dbt.listagg("lead_vendor", "'; '", "order by lead_vendor") }} as lead_vendors
        from (select distinct clock_id, iso3, programme, lead_vendor from told) as named
        group by clock_id, iso3, programme
    ),

    -- One event that says so is enough; silence is unknown.
    terms as (
        select
            clock_id,
            iso3,
            programme,
            max(case public_cofunding when 'yes' then 2 when 'no' then 1 else 0 end) as cofunding_rank,
            max(
                case sovereign_guarantee when 'yes' then 3 when 'requested' then 2 when 'no' then 1 else 0 end
            ) as guarantee_rank
        from told
        group by clock_id, iso3, programme
    )

select
    terms.clock_id,
    terms.iso3,
    terms.programme,
    case cofunding_rank when 2 then 'yes' when 1 then 'no' else 'unknown' end as public_cofunding,
    case
        guarantee_rank when 3 then 'yes' when 2 then 'requested' when 1 then 'no' else 'unknown'
    end as sovereign_guarantee,
    vendors.lead_vendors
from terms
inner join
    vendors
    on terms.clock_id = vendors.clock_id
    and terms.iso3 = vendors.iso3
    and terms.programme = vendors.programme
