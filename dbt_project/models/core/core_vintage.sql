with
    vintages as (select * from {{ source("raw", "vintage") }}),

    -- Days on which a source told what it holds. A day that only carries an archived vintage on saw nothing.
    observed as (
        select source_id, day
        from {{ source("raw", "calendar") }}
        where status in ('fetched', 'unchanged')
        union
        select source_id, known_at as day
        from vintages
    ),

    sightings as (
        select vintages.source_id, vintages.known_at, max(observed.day) as last_observed_on
        from vintages
        inner join
            observed
            on vintages.source_id = observed.source_id
            and vintages.known_at <= observed.day
            and (vintages.known_to is null or vintages.known_to > observed.day)
        group by vintages.source_id, vintages.known_at
    ),

    absences as (
        select
            vintages.source_id,
            vintages.known_at,
            observed.day,
            row_number() over (
                partition by vintages.source_id, vintages.known_at order by observed.day
            ) as n_days_absent
        from vintages
        inner join observed on vintages.source_id = observed.source_id and vintages.known_to <= observed.day
    )

select
    vintages.source_id,
    vintages.known_at,
    vintages.known_to,
    sightings.last_observed_on,
    absences.day as closes_on,
    vintages.content_sha256,
    vintages.raw_sha256,
    vintages.parse_key,
    vintages.edition,
    vintages.basis,
    vintages.address,
    cast(vintages.n_rows as bigint) as n_rows,
    vintages.period_min,
    vintages.period_max
from vintages
inner join sightings on vintages.source_id = sightings.source_id and vintages.known_at = sightings.known_at
left join
    absences
    on vintages.source_id = absences.source_id
    and vintages.known_at = absences.known_at
    and absences.n_days_absent = {{ parameter("entity.closed_after_days_absent") }}
