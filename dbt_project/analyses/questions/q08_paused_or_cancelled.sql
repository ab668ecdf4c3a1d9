-- What is paused or cancelled, and why?
-- Answer: partly — projects whose last known event says so, with the reason where one was given; a delay
-- nobody announced is not a pause and is not here.
select iso3, project_id, status, status_reason, mw_announced, offtaker_initial, offtaker_current, grade
from mart_delivery
where is_latest and is_selected and status in ('paused', 'cancelled')
order by mw_announced desc nulls last, iso3, project_id
