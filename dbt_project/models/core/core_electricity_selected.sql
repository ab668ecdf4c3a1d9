with
    candidates as (
        select
            fact.*,
            row_number() over (
                partition by fact.iso3, fact.year, fact.metric order by precedence.rank
            ) as choice
        from {{ ref("core_electricity") }} as fact
        inner join
            {{ ref("ref_source_precedence") }} as precedence
            on fact.metric = precedence.metric
            and fact.source_id = precedence.source_id
        where fact.is_in_force
    )

select iso3, year, metric, value, basis, source_id, known_at, grade_score
from candidates
where choice = 1
