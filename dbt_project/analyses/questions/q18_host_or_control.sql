-- Does computing power spread over countries while control of it stays in one?
-- Draw: gap_min, gap_of_known, gap_max by as_of
-- Answer: partly — the United States' share by where sites stand and by who owns the computers, over the same
-- sites throughout. The gap is given from its least to its most, with unknown owners against and for.
select
    host.as_of,
    host.us_of_known as us_share_by_host,
    control.us_of_known as us_share_by_owner,
    control.us_min - host.us_max as gap_min,
    control.us_of_known - host.us_of_known as gap_of_known,
    control.us_max - host.us_min as gap_max
from mart_global_concentration as host
inner join
    mart_global_concentration as control
    on host.history = control.history
    and host.as_of = control.as_of
    and host.known_at = control.known_at
    and host.weight_basis = control.weight_basis
    and host.stage_set = control.stage_set
    and host.panel = control.panel
where
    host.attribution = 'host'
    and control.attribution = 'compute_owner'
    and host.history = 'as_now'
    and host.weight_basis = 'facility_mw'
    and host.stage_set = 'operational'
    and host.panel = 'constant'
order by host.as_of
