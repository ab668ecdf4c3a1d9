-- Which figures should not be quoted?
-- Answer: yes — every figure whose grade is D or E, with the components of the grade and how much of it is
-- unknown.
select mart, iso3, metric, grade, weakest_component, unknown_share, coverage_note
from mart_data_quality
where grade in ('D', 'E')
order by grade desc, mart, iso3, metric
