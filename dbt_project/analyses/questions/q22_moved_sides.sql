-- Who has moved between the camps since May 2025?
-- Answer: partly — the change in stated alignment, from dated memberships of blocs, and the least change of
-- the share of American operators. Memberships are a chosen list; leaving one bloc out gives the range of
-- each end.
select
    earlier.iso3,
    earlier.stated as stated_2025_05,
    later.stated as stated_now,
    later.stated_min as stated_now_min,
    later.stated_max as stated_now_max,
    earlier.stated_posture as posture_2025_05,
    later.stated_posture as posture_now,
    later.stated - earlier.stated as stated_change,
    later.revealed_operator_us_min - earlier.revealed_operator_us_max as revealed_us_change_min,
    later.hedging as hedging_now
from mart_alignment as earlier
inner join
    mart_alignment as later
    on earlier.history = later.history
    and earlier.known_at = later.known_at
    and earlier.iso3 = later.iso3
where earlier.history = 'as_now' and earlier.as_of = date '2025-05-31' and later.is_latest
order by abs(later.stated - earlier.stated) desc nulls last, earlier.iso3
