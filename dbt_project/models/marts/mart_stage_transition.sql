with
    -- Only what was known on the day itself tells how phases moved: a later edition rewrites the start too.
    clocks as (select * from {{ ref("core_clock") }} where history = 'as_known'),

    horizons as (
        select value as months
        from {{ ref("ref_parameter") }}
        where parameter like 'transition_horizon_months.%' and scenario = 'central'
    ),

    -- A day later and back again, so that the end of February answers the end of February.
    spans as (
        select
            clocks.clock_id,
            clocks.known_at,
            clocks.is_latest,
            horizons.months,
            max(cohort.as_of) as cohort_at
        from clocks
        cross join horizons
        left join
            clocks as cohort
            on cohort.as_of
            < {{
                dbt.dateadd(
                    "month", "cast(-horizons.months as integer)", dbt.dateadd("day", 1, "clocks.known_at")
                )
            }}
        group by clocks.clock_id, clocks.known_at, clocks.is_latest, horizons.months
    ),

    -- The steps of a site lie on each other: what has reached a stage is what is in it and beyond.
    phases as (
        select
            phase.*,
            clocks.as_of,
            {{ stage_rank("phase.stage") }} as stage_rank,
            phase.phase_id like 'ledger:%' as is_chain,
            sum({{ exact("phase.v_central_mw") }}) over (
                partition by phase.clock_id, phase.project_id, phase.phase_id like 'ledger:%'
                order by {{ stage_rank("phase.stage") }} desc
            ) as reached_mw
        from {{ ref("core_capacity_phase") }} as phase
        inner join clocks on phase.clock_id = clocks.clock_id
    ),

    at_risk as (
        select
            spans.clock_id,
            spans.months,
            phases.phase_id,
            phases.source_id,
            phases.is_chain,
            phases.project_id,
            country.region,
            phases.stage,
            phases.reached_mw
            - (1 - {{ parameter("transition_share_moved") }}) * phases.v_central_mw as moved_from_mw
        from spans
        inner join phases on spans.cohort_at = phases.as_of and phases.is_selected
        left join {{ ref("core_country") }} as country on phases.iso3 = country.iso3
    ),

    site_now as (
        select at_risk.clock_id, at_risk.months, at_risk.phase_id, max(phases.stage_rank) as stage_rank
        from at_risk
        inner join
            phases
            on at_risk.clock_id = phases.clock_id
            and at_risk.project_id = phases.project_id
            and not phases.is_chain
            and (at_risk.is_chain or phases.reached_mw >= at_risk.moved_from_mw)
        group by at_risk.clock_id, at_risk.months, at_risk.phase_id
    ),

    -- A chain may have joined another since, which is then its own; one that became a container is followed
    -- no longer, as its parts are chains themselves.
    chain_now as (
        select at_risk.clock_id, at_risk.months, at_risk.phase_id, phases.stage, phases.stage_rank
        from at_risk
        inner join
            {{ ref("core_chain_event") }} as event
            on at_risk.clock_id = event.clock_id
            and at_risk.phase_id = {{ dbt.concat(["'ledger:'", "event.announcement_id"]) }}
        inner join
            phases
            on event.clock_id = phases.clock_id
            and phases.phase_id = {{ dbt.concat(["'ledger:'", "event.chain_id"]) }}
    ),

    followed as (
        select
            at_risk.*,
            chain_now.stage as chain_stage,
            greatest(coalesce(chain_now.stage_rank, 0), coalesce(site_now.stage_rank, 0)) as reached_rank
        from at_risk
        left join
            site_now
            on at_risk.clock_id = site_now.clock_id
            and at_risk.months = site_now.months
            and at_risk.phase_id = site_now.phase_id
        left join
            chain_now
            on at_risk.clock_id = chain_now.clock_id
            and at_risk.months = chain_now.months
            and at_risk.phase_id = chain_now.phase_id
        where not at_risk.is_chain or chain_now.phase_id is not null
    ),

    -- No list of sites tells pauses and cancellations: only chains are at risk of being known to have one.
    priors as (
        select
            from_stage,
            to_stage,
            {{ stage_rank("to_stage") }} as to_rank,
            max(case when scenario = 'low' then value end) as low_share,
            max(case when scenario = 'central' then value end) as central_share,
            max(case when scenario = 'high' then value end) as high_share
        from
            (
                select
                    scenario,
                    value,
                    {{ dbt.split_part("parameter", "'.'", 2) }} as from_stage,
                    {{ dbt.split_part("parameter", "'.'", 3) }} as to_stage
                from {{ ref("ref_parameter") }}
                where parameter like 'transition_prior_share.%'
            ) as named
        group by from_stage, to_stage
    ),

    counts as (
        select
            followed.clock_id,
            followed.months,
            followed.region,
            priors.from_stage,
            priors.to_stage,
            count(*) as n_at_risk,
            min(followed.source_id) as first_source_id,
            max(followed.source_id) as last_source_id,
            sum(
                case
                    when priors.to_rank is null and followed.chain_stage = priors.to_stage
                    then 1
                    when priors.to_rank is not null and followed.reached_rank >= priors.to_rank
                    then 1
                    else 0
                end
            ) as n_moved
        from followed
        inner join
            priors on followed.stage = priors.from_stage and (priors.to_rank is not null or followed.is_chain)
        group by followed.clock_id, followed.months, followed.region, priors.from_stage, priors.to_stage
    ),

    regions as (
        select distinct region
        from {{ ref("core_country") }}
        where region is not null
        union all
        select 'world' as region
    ),

    counted as (
        select
            spans.known_at,
            spans.is_latest,
            spans.cohort_at,
            spans.months,
            regions.region,
            priors.from_stage,
            priors.to_stage,
            {% for scenario in ["low", "central", "high"] %}
                1 - power(
                    1 - priors.{{ scenario }}_share, spans.months / {{ parameter("transition_prior_months") }}
                ) as prior_{{ scenario }}_share,
            {% endfor %}
            {{ parameter("transition_prior_weight") }} as prior_weight,
            {{ parameter("quantile_z.p95") }} as z,
            coalesce(sum(counts.n_at_risk), 0) as n_at_risk,
            coalesce(sum(counts.n_moved), 0) as n_moved,
            min(counts.first_source_id) as first_source_id,
            max(counts.last_source_id) as last_source_id
        from spans
        cross join regions
        cross join priors
        left join
            counts
            on spans.clock_id = counts.clock_id
            and spans.months = counts.months
            and priors.from_stage = counts.from_stage
            and priors.to_stage = counts.to_stage
            and (regions.region = 'world' or regions.region = counts.region)
        group by
            spans.known_at,
            spans.is_latest,
            spans.cohort_at,
            spans.months,
            regions.region,
            priors.from_stage,
            priors.to_stage,
            priors.low_share,
            priors.central_share,
            priors.high_share
    ),

    posterior as (
        select
            counted.*,
            prior_weight * prior_central_share + n_moved as a,
            prior_weight * (1 - prior_central_share) + n_at_risk - n_moved as b
        from counted
    )

select
    region,
    from_stage,
    to_stage,
    cast(months as bigint) as horizon_months,
    known_at,
    is_latest,
    cohort_at,
    cast(n_at_risk as bigint) as n_at_risk,
    cast(n_moved as bigint) as n_moved,
    round(prior_low_share, 6) as prior_low_share,
    round(prior_central_share, 6) as prior_central_share,
    round(prior_high_share, 6) as prior_high_share,
    round(a / (a + b), 6) as mean_share,
    round({{ beta_quantile("a", "b", "(-z)") }}, 6) as p05,
    round({{ beta_quantile("a", "b", "0") }}, 6) as p50,
    round({{ beta_quantile("a", "b", "z") }}, 6) as p95,
    n_at_risk = 0 as is_prior,
    case
        when first_source_id = last_source_id
        then first_source_id
        else {{ dbt.concat(["first_source_id", "'; '", "last_source_id"]) }}
    end as source_id,
    {{ assumption_set_id() }} as assumption_set_id
from posterior
