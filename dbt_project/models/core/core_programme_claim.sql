select
    programme,
    metric,
    value,
    unit,
    value_kind,
    case when unit like 'USD of %' then cast(replace(unit, 'USD of ', '') as bigint) end as price_year,
    as_of,
    claimed_by,
    known_at,
    cast(
        row_number() over (
            partition by programme, metric order by as_of desc, known_at desc, claimed_by
        ) as bigint
    ) as recency_of_claim,
    source as source_url,
    confidence,
    note,
    'programme_claims' as source_id,
    {{ grade_score("confidence", "claim.confidence") }} as grade_score
from {{ ref("stg_programme_claims") }} as claim
-- A reviewed file speaks for every day: each row carries the one from which it was known.
where known_to is null
