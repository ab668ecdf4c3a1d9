-- Does computing power spread over countries while control of it stays in one?
-- Draw: gap_min, gap_central, gap_max by as_of
-- Answer: partly — the United States' share by where sites stand and by who runs them, over the same sites
-- throughout. The gap is given from its least to its most, with unknown operators against and for.
select
    host.as_of,
    host.us_central as us_share_by_host,
    control.us_central as us_share_by_operator,
    control.us_min - host.us_max as gap_min,
    control.us_central - host.us_central as gap_central,
    control.us_max - host.us_min as gap_max
from mart_global_concentration as host
inner join
    mart_global_concentration as control
    on host.history = control.history
    and host.as_of = control.as_of
    and host.known_at = control.known_at
    and host.basis = control.basis
    and host.stage_set = control.stage_set
    and host.panel = control.panel
where
    host.attribution = 'host'
    and control.attribution = 'operator'
    and host.history = 'as_now'
    and host.basis = 'facility_mw'
    and host.stage_set = 'operational'
    and host.panel = 'constant'
order by host.as_of
