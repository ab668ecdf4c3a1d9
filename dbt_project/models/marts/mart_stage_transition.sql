with
    spans as (select * from {{ ref("core_cohort") }}),

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
            move.clock_id,
            move.horizon_months,
            country.region,
            priors.from_stage,
            priors.to_stage,
            count(*) as n_at_risk,
            min(move.source_id) as first_source_id,
            max(move.source_id) as last_source_id,
            sum(
                case
                    when priors.to_rank is null and move.chain_stage = priors.to_stage
                    then 1
                    when
                        priors.to_rank is not null
                        and {{ stage_rank("move.reached_stage") }} >= priors.to_rank
                    then 1
                    else 0
                end
            ) as n_moved
        from {{ ref("core_phase_move") }} as move
        inner join
            priors
            on move.from_stage = priors.from_stage
            and case
                when priors.to_rank is null
                then move.is_chain
                else coalesce({{ stage_rank("move.stage_before") }}, 0) < priors.to_rank
            end
        left join {{ ref("core_country") }} as country on move.iso3 = country.iso3
        group by move.clock_id, move.horizon_months, country.region, priors.from_stage, priors.to_stage
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
            spans.horizon_months,
            regions.region,
            priors.from_stage,
            priors.to_stage,
            {% for scenario in ["low", "central", "high"] %}
                1 - power(
                    1 - priors.{{ scenario }}_share,
                    spans.horizon_months / {{ parameter("transition_prior_months") }}
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
            and spans.horizon_months = counts.horizon_months
            and priors.from_stage = counts.from_stage
            and priors.to_stage = counts.to_stage
            and (regions.region = 'world' or regions.region = counts.region)
        group by
            spans.known_at,
            spans.is_latest,
            spans.cohort_at,
            spans.horizon_months,
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
    horizon_months,
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
    round(prior_weight / (prior_weight + n_at_risk), 6) as prior_weight_share,
    n_at_risk <= prior_weight as is_prior,
    case
        when first_source_id = last_source_id
        then first_source_id
        else {{ dbt.concat(["first_source_id", "'; '", "last_source_id"]) }}
    end as source_id,
    {{ assumption_set_id() }} as assumption_set_id
from posterior
