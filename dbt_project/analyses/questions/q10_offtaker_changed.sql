-- Where did the customer of the computing power change?
-- Answer: partly — where both the first and the present customer were told. A project that never named one
-- is not counted as unchanged.
select iso3, project_id, offtaker_initial, offtaker_current, mw_announced, grade
from mart_delivery
where
    is_latest
    and is_selected
    and offtaker_initial is not null
    and offtaker_current is not null
    and offtaker_initial <> offtaker_current
order by mw_announced desc nulls last, iso3, project_id
