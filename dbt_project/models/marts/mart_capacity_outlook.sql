with
    horizons as (
        select
            cast(
                {{ dbt.concat(["cast(cast(value as integer) as " ~ dbt.type_string() ~ ")", "'-12-31'"]) }}
                as date
            ) as horizon
        from {{ ref("ref_parameter") }}
        where parameter like 'outlook_horizon_year.%' and scenario = 'central'
    ),

    rates as (
        select
            known_at,
            from_stage,
            p05 as low_share,
            mean_share as central_share,
            p95 as high_share,
            horizon_months,
            is_prior
        from {{ ref("mart_stage_transition") }}
        where
            region = 'world'
            and to_stage = 'operational'
            and from_stage in ('announced', 'committed', 'under_construction')
            and horizon_months = {{ parameter("outlook_rate_months") }}
    ),

    -- How likely each phase runs by the horizon: its rate holds evenly over the months up to there.
    chances as (
        select
            phase.clock_id,
            phase.iso3,
            horizons.horizon,
            phase.v_central_mw as mw,
            {% for scenario in ["low", "central", "high"] %}
                1 - power(
                    1 - rates.{{ scenario }}_share,
                    {{ dbt.datediff("clock.as_of", "horizons.horizon", "day") }}
                    * 12
                    / 365.25
                    / rates.horizon_months
                ) as {{ scenario }}_chance,
            {% endfor %}
            rates.is_prior,
            phase.source_id,
            case
                when rates.is_prior
                then least(phase.grade_score, {{ grade_score("confidence", "'low'") }})
                else phase.grade_score
            end as grade_score
        from {{ ref("core_capacity_phase") }} as phase
        inner join {{ ref("core_clock") }} as clock on phase.clock_id = clock.clock_id
        inner join horizons on horizons.horizon > clock.as_of
        inner join rates on clock.known_at = rates.known_at and phase.stage = rates.from_stage
        where phase.is_selected
    ),

    moments as (
        select
            clock_id,
            iso3,
            horizon,
            sum({{ exact("mw") }}) as pipeline_mw,
            {% for scenario in ["low", "central", "high"] %}
                cast(sum({{ exact("mw * " ~ scenario ~ "_chance") }}) as double) as {{ scenario }}_rate_mw,
            {% endfor %}
            cast(
                sum({{ exact("mw * mw * central_chance * (1 - central_chance)") }}) as double
            ) as variance_alone,
            cast(
                sum({{ exact("mw * sqrt(central_chance * (1 - central_chance))") }}) as double
            ) as deviation_together,
            max(mw) as largest_phase_mw,
            count(*) as n_phases,
            sum(case when mw is null then 1 else 0 end) as n_phases_without_mw,
            max(case when is_prior then 1 else 0 end) = 1 as is_prior,
            min(grade_score) as grade_score
        from chances
        group by clock_id, iso3, horizon
    ),

    luck as (
        select
            moments.*,
            {{ parameter("quantile_z.p95") }} * sqrt(
                (1 - {{ parameter("outlook_correlation") }}) * variance_alone
                + {{ parameter("outlook_correlation") }} * power(deviation_together, 2)
            ) as luck_mw
        from moments
    ),

    bands as (
        select
            luck.*,
            central_rate_mw - sqrt(power(luck_mw, 2) + power(central_rate_mw - low_rate_mw, 2)) as low_mw,
            central_rate_mw + sqrt(power(luck_mw, 2) + power(high_rate_mw - central_rate_mw, 2)) as high_mw
        from luck
    ),

    running as (
        select clock_id, iso3, sum({{ exact("v_central_mw") }}) as operational_mw
        from {{ ref("core_capacity_phase") }}
        where is_selected and stage = 'operational'
        group by clock_id, iso3
    ),

    sources as (
        select
            clock_id,
            iso3,
            horizon,
            {{ dbt.listagg("source_id", "'; '", "order by source_id") }} as source_ids
        from (select distinct clock_id, iso3, horizon, source_id from chances) as named
        group by clock_id, iso3, horizon
    )

select
    clock.history,
    bands.iso3,
    clock.as_of,
    clock.known_at,
    {{ is_latest("clock") }} as is_latest,
    bands.horizon,
    cast(bands.pipeline_mw as double) as pipeline_mw,
    case
        when bands.low_mw > 0 then round(bands.low_mw, 3) when bands.low_mw is not null then 0
    end as online_low_mw,
    round(bands.central_rate_mw, 3) as online_central_mw,
    case
        when bands.high_mw < bands.pipeline_mw
        then round(bands.high_mw, 3)
        else cast(bands.pipeline_mw as double)
    end as online_high_mw,
    round(bands.central_rate_mw / nullif(cast(bands.pipeline_mw as double), 0), 6) as yield_share,
    round(bands.largest_phase_mw / nullif(cast(bands.pipeline_mw as double), 0), 6) as largest_phase_share,
    cast(running.operational_mw as double) as operational_mw,
    cast(bands.n_phases as bigint) as n_phases,
    cast(bands.n_phases_without_mw as bigint) as n_phases_without_mw,
    bands.is_prior,
    {{ grade_letter("bands.grade_score") }} as grade,
    sources.source_ids as source_id,
    {{ assumption_set_id() }} as assumption_set_id
from bands
inner join {{ ref("core_clock") }} as clock on bands.clock_id = clock.clock_id
inner join
    sources
    on bands.clock_id = sources.clock_id
    and bands.iso3 = sources.iso3
    and bands.horizon = sources.horizon
left join running on bands.clock_id = running.clock_id and bands.iso3 = running.iso3
