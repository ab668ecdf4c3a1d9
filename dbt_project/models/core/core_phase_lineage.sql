{# Figures of a phase, with the event of a chain of the ledger that decides each; a stage is a word and has no value. #}
{% set phase_figures = {
    "stated_mw": "mw_announcement_id",
    "ambition_mw": "ambition_announcement_id",
    "stage": "stage_announcement_id",
} %}
-- A phase of the ledger is what one event of its chain tells; any other is what its vintage tells. Where
-- no event names a capacity, the one that decides the stage was read for it.
{% for figure, decided_by in phase_figures.items() %}
    select
        phase.clock_id,
        phase.iso3,
        phase.stage,
        case when phase.is_selected then '{{ figure }}' else 'alternative_{{ figure }}' end as figure,
        {{ "cast(null as double)" if figure == "stage" else "phase." ~ figure }} as value,
        phase.source_id,
        case when chain.chain_id is null then phase.known_at end as vintage_known_at,
        coalesce(event.announcement_id, phase.phase_id) as item,
        coalesce(event.known_at, phase.known_at) as item_known_at,
        event.source_url as item_address
    from {{ ref("core_capacity_phase") }} as phase
    left join
        {{ ref("core_deal_chain") }} as chain
        on phase.clock_id = chain.clock_id
        and phase.phase_id = {{ dbt.concat(["'ledger:'", "chain.chain_id"]) }}
    left join
        {{ ref("core_announcement") }} as event
        on event.announcement_id = coalesce(chain.{{ decided_by }}, chain.stage_announcement_id)
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
