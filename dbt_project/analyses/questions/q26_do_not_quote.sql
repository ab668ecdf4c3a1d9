-- Which figures should not be quoted?
-- Answer: partly — figures of capacity, electricity, programmes and dependency whose grade is D or E, with
-- the components of confidence that are known and how much is unknown. Dependency has no components of its
-- own.
select
    mart,
    iso3,
    metric,
    grade,
    unknown_share,
    coverage_note,
    source_tier,
    corroboration,
    recency,
    specificity,
    agreement
from mart_data_quality
where grade in ('D', 'E')
order by grade desc, unknown_share desc, mart, iso3, metric
