-- Who has moved between the camps since May 2025?
-- Answer: partly — the change in stated alignment, from dated memberships of blocs, and the least change of
-- the share of American operators, of countries whose score has changed. Memberships are a chosen list;
-- leaving one bloc out gives the range of each end, which is unknown where the country is in one alone.
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
    later.hedging as hedging_now,
    earlier.n_us_blocs + earlier.n_cn_blocs as n_blocs_2025_05,
    later.n_us_blocs + later.n_cn_blocs as n_blocs_now,
    later.grade
from mart_alignment as earlier
inner join
    mart_alignment as later
    on earlier.history = later.history
    and earlier.known_at = later.known_at
    and earlier.iso3 = later.iso3
where
    earlier.history = 'as_now'
    and earlier.as_of = date '2025-05-31'
    and later.is_latest
    and later.stated <> earlier.stated
order by abs(later.stated - earlier.stated) desc nulls last, earlier.iso3
