with
    memberships as (
        select
            clock.clock_id,
            membership.*,
            membership.valid_to is null or membership.valid_to > clock.as_of as is_current
        from {{ ref("core_clock") }} as clock
        inner join
            {{ ref("core_bloc_membership") }} as membership
            on {{ is_in_force("membership", "clock.known_at") }}
            and membership.valid_from <= clock.as_of
    ),

    -- A country that changed its role in a bloc stands in it once.
    blocs as (
        select clock_id, iso3, bloc_id, pole, min(grade_score) as grade_score
        from memberships
        where is_current and is_counted and pole in ('us', 'cn')
        group by clock_id, iso3, bloc_id, pole
    ),

    counted as (
        select
            clock_id,
            iso3,
            sum(case when pole = 'us' then 1 else 0 end) as n_us,
            sum(case when pole = 'cn' then 1 else 0 end) as n_cn,
            {{ dbt.listagg("case when pole = 'us' then bloc_id end", "'; '", "order by bloc_id") }}
            as us_blocs,
            {{ dbt.listagg("case when pole = 'cn' then bloc_id end", "'; '", "order by bloc_id") }}
            as cn_blocs,
            min(grade_score) as grade_score
        from blocs
        group by clock_id, iso3
    ),

    -- Who is listed by a rule had no part in it: a regime the country is under, not a bloc it is in.
    regimes as (
        select
            clock_id,
            iso3,
            max(case when is_current then bloc_id end) as export_regime,
            max(case when not is_current then bloc_id end) as expired_export_regime
        from memberships
        where role = 'listed'
        group by clock_id, iso3
    ),

    recorded as (select distinct clock_id from memberships),

    -- Not in a bloc of the record is 0; without a record it is unknown.
    countries as (
        select
            clock.clock_id,
            country.iso3,
            cast(
                case when recorded.clock_id is not null then coalesce(counted.n_us, 0) end as bigint
            ) as n_us,
            cast(
                case when recorded.clock_id is not null then coalesce(counted.n_cn, 0) end as bigint
            ) as n_cn,
            counted.us_blocs,
            counted.cn_blocs,
            counted.grade_score,
            regimes.export_regime,
            regimes.expired_export_regime
        from {{ ref("core_clock") }} as clock
        inner join {{ ref("core_country") }} as country on country.known_at <= clock.known_at
        left join recorded on clock.clock_id = recorded.clock_id
        left join counted on clock.clock_id = counted.clock_id and country.iso3 = counted.iso3
        left join regimes on clock.clock_id = regimes.clock_id and country.iso3 = regimes.iso3
    ),

    -- The extremes are where one bloc of the one pole or of the other is left out; of a single bloc nothing
    -- would be left.
    ranged as (
        select
            countries.*,
            (n_us - n_cn) / cast(nullif(n_us + n_cn, 0) as double) as stated,
            case
                when n_us + n_cn > 1
                then (greatest(n_us - 1, 0) - n_cn) / cast(greatest(n_us - 1, 0) + n_cn as double)
            end as stated_min,
            case
                when n_us + n_cn > 1
                then (n_us - greatest(n_cn - 1, 0)) / cast(n_us + greatest(n_cn - 1, 0) as double)
            end as stated_max,
            2 * least(n_us, n_cn) / cast(nullif(n_us + n_cn, 0) as double) as hedging
        from countries
    )

select
    clock_id,
    iso3,
    n_us,
    n_cn,
    us_blocs,
    cn_blocs,
    stated_min,
    stated,
    stated_max,
    hedging,
    -- A posture is told where it stands whichever bloc is left out.
    case
        when iso3 in ('USA', 'CHN')
        then 'pole'
        when n_us + n_cn = 0
        then 'none'
        when stated_min = 1
        then 'align_us'
        when stated_max = -1
        then 'align_cn'
        when stated_min > -1 and stated_max < 1
        then 'hedge'
        else 'indeterminate'
    end as stated_posture,
    export_regime,
    expired_export_regime,
    grade_score,
    case when n_us is not null then 'bloc_memberships' end as source_id
from ranged
