with
    events as (
        select
            event.clock_id,
            event.chain_id,
            event.is_container,
            event.known_at as event_known_at,
            term.*,
            -- What was pledged under a programme that has left the chain is that of the one that stayed.
            case when own.has_left then chain.programme else event.programme end as programme_in_force,
            chain.phase_stage = 'paused' as is_paused,
            term.amount_kind = 'per_year' as is_per_year
        from {{ ref("core_chain_event") }} as event
        inner join {{ ref("core_clock") }} as clock on event.clock_id = clock.clock_id
        inner join
            {{ ref("core_deal_term") }} as term
            on event.announcement_id = term.announcement_id
            and term.known_at <= clock.known_at
        inner join
            {{ ref("core_deal_chain") }} as chain
            on event.clock_id = chain.clock_id
            and event.chain_id = chain.chain_id
        left join
            {{ ref("core_programme_chain") }} as own
            on event.clock_id = own.clock_id
            and event.chain_id = own.chain_id
            and event.programme = own.programme
        where
            term.funding_stage is not null
            and chain.phase_stage <> 'cancelled'
            -- An event of which no money is new tells of none.
            and (term.new_high_usd is null or term.new_high_usd > 0)
    ),

    -- A part does not count beside its whole, as long as the whole is told at the same stage.
    wholes as (
        select part.*
        from events as part
        left join
            events as whole
            on part.clock_id = whole.clock_id
            and case when part.restates_as = 'part_of' then part.restates_announcement_id end
            = whole.announcement_id
            and part.funding_stage = whole.funding_stage
        where whole.announcement_id is null
    ),

    -- Within a chain figures follow each other: the latest of each stage counts, and stages stand apart.
    -- Money per year is no total and follows none.
    ranked as (
        select
            wholes.*,
            row_number() over (
                partition by clock_id, chain_id, funding_stage, is_per_year
                order by event_date desc, event_known_at desc, announcement_id desc
            ) as recency
        from wholes
    ),

    figures as (
        select figure.*
        from ranked as figure
        left join
            ranked as later
            on figure.clock_id = later.clock_id
            and figure.announcement_id = later.restates_announcement_id
            and later.restates_as in ('repeats', 'contains')
            and figure.funding_stage = later.funding_stage
            and later.recency = 1
        where figure.recency = 1 and later.announcement_id is null
    ),

    -- What the parts of an umbrella, or of a frame over several sites, have of its money.
    parts as (
        select
            part.clock_id,
            chain.parent_announcement_id as announcement_id,
            part.funding_stage,
            sum(part.new_low_usd) as low_usd,
            sum(part.new_central_usd) as central_usd,
            sum(part.new_high_usd) as high_usd
        from figures as part
        inner join {{ ref("core_announcement") }} as chain on part.chain_id = chain.announcement_id
        where not part.is_per_year
        group by part.clock_id, chain.parent_announcement_id, part.funding_stage
    ),

    -- A whole has beside its parts what they do not account for, between the least and the most that can be.
    told as (
        select
            figures.* exclude(new_low_usd, new_central_usd, new_high_usd),
            {% for scenario, of_parts in {"low": "high", "central": "central", "high": "low"}.items() %}
                case
                    when parts.announcement_id is null
                    then figures.new_{{ scenario }}_usd
                    else greatest(0, figures.new_{{ scenario }}_usd - coalesce(parts.{{ of_parts }}_usd, 0))
                end as new_{{ scenario }}_usd
                {% if not loop.last %},{% endif %}
            {% endfor %}
        from figures
        left join
            parts
            on figures.clock_id = parts.clock_id
            and case when figures.is_container then figures.announcement_id end = parts.announcement_id
            and figures.funding_stage = parts.funding_stage
    )

select
    clock.history,
    coalesce(told.iso3, told.scope) as area,
    told.iso3,
    told.scope,
    told.programme_in_force as programme,
    clock.as_of,
    clock.known_at,
    {{ is_latest("clock") }} as is_latest,
    told.funding_stage,
    told.payer_type,
    coalesce(told.instrument, 'unknown') as instrument,
    cast(sum(told.new_low_usd) as double) as low_usd,
    cast(sum(told.new_central_usd) as double) as central_usd,
    cast(sum(told.new_high_usd) as double) as high_usd,
    cast(sum(case when is_per_year then 0 else 1 end) as bigint) as n_events,
    cast(
        sum(case when not is_per_year and new_central_usd is null then 1 else 0 end) as bigint
    ) as n_events_without_usd,
    cast(sum(case when not is_per_year and is_paused then 1 else 0 end) as bigint) as n_events_paused,
    cast(sum(case when is_per_year then 1 else 0 end) as bigint) as n_events_per_year,
    {{ grade_letter("min(told.grade_score)") }} as grade,
    {{ joined_sources("told.source_id") }} as source_id,
    {{ assumption_set_id() }} as assumption_set_id
from told
inner join {{ ref("core_clock") }} as clock on told.clock_id = clock.clock_id
where told.new_high_usd is null or told.new_high_usd > 0
group by
    clock.history,
    told.iso3,
    told.scope,
    told.programme_in_force,
    clock.as_of,
    clock.known_at,
    clock.is_latest,
    told.funding_stage,
    told.payer_type,
    told.instrument
