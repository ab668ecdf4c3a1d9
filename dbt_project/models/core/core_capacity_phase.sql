{% set scenarios = ["low", "central", "high"] %}
with
    site as (
        select
            core_ai_site.*,
            -- What is built now at a site where nothing runs yet is its first step; the rest is a plan.
            case when operational_mw = 0 and has_works then next_mw else 0 end as construction_mw
        from {{ ref("core_ai_site") }} as core_ai_site
        where iso3 is not null
    ),

    site_phases as (
        select
            site.*,
            'operational' as stage,
            operational_mw as phase_mw,
            operational_mw_kind as mw_kind_of_phase
        from site
        union all
        select
            site.*, 'under_construction' as stage, construction_mw as phase_mw, 'facility' as mw_kind_of_phase
        from site
        union all
        select
            site.*,
            'announced' as stage,
            planned_mw - case
                when operational_mw > construction_mw then operational_mw else construction_mw
            end as phase_mw,
            'facility' as mw_kind_of_phase
        from site
    ),

    chain_projects as (
        select event.chain_id, min(alias.project_id) as project_id
        from {{ ref("core_chain_event") }} as event
        inner join
            {{ ref("ref_project_alias") }} as alias
            on event.announcement_id = alias.source_key
            and alias.source_id = 'ledger'
        group by event.chain_id
    ),

    -- A chain about chat, funds or rules alone has no megawatts to know.
    chains as (
        select chain.*, chain_projects.project_id
        from {{ ref("core_deal_chain") }} as chain
        left join chain_projects on chain.chain_id = chain_projects.chain_id
        where
            chain.iso3 is not null
            and not chain.is_container
            and exists (
                select 1
                from {{ ref("core_chain_event") }} as event
                where event.chain_id = chain.chain_id and event.components like '%data_center%'
            )
    ),

    phases as (
        select
            {{ dbt.concat(["'epoch:'", "site_name", "':'", "stage"]) }} as phase_id,
            source_id,
            project_id,
            iso3,
            stage,
            case when mw_kind_of_phase = 'it' then 'converted' else 'modelled' end as mw_basis,
            phase_mw as stated_mw,
            {% for scenario in scenarios %}
                phase_mw
                * {{ parameter("mw_band.modelled", scenario) }}
                * case
                    when mw_kind_of_phase = 'it' then {{ parameter("facility_per_it", scenario) }} else 1
                end as v_{{ scenario }}_mw,
            {% endfor %}
            case when planned_mw > operational_mw then planned_mw else operational_mw end as ambition_mw,
            known_at
        from site_phases
        where phase_mw > 0
        union all
        select
            {{ dbt.concat(["'ledger:'", "chain_id"]) }} as phase_id,
            source_id,
            project_id,
            iso3,
            phase_stage as stage,
            'company_stated' as mw_basis,
            stated_mw,
            {% for scenario in scenarios %}
                stated_mw * {{ parameter("mw_band.company_stated", scenario) }} as v_{{ scenario }}_mw,
            {% endfor %}
            ambition_mw,
            last_event_date as known_at
        from chains
    ),

    sited as (select distinct project_id from phases where mw_basis <> 'company_stated'),

    covered as (select distinct iso3, stage from phases where mw_basis <> 'company_stated'),

    judged as (
        select
            phases.*,
            case
                when phases.mw_basis <> 'company_stated'
                then null
                when sited.project_id is not null
                then 'same_project'
                when covered.iso3 is not null
                then 'same_country_and_stage'
            end as reason_not_selected
        from phases
        left join sited on phases.project_id = sited.project_id
        left join covered on phases.iso3 = covered.iso3 and phases.stage = covered.stage
    )

select
    judged.phase_id,
    judged.source_id,
    judged.project_id,
    judged.iso3,
    judged.stage,
    judged.mw_basis,
    judged.stated_mw,
    {% for scenario in scenarios %} round(judged.v_{{ scenario }}_mw, 6) as v_{{ scenario }}_mw, {% endfor %}
    judged.ambition_mw,
    judged.known_at,
    judged.reason_not_selected is null as is_selected,
    judged.reason_not_selected,
    case
        when judged.mw_basis = 'company_stated'
        then chains.grade_score
        else
            least(
                {{ grade_score("tier", "cast(source.tier as " ~ dbt.type_string() ~ ")") }},
                {{ grade_score("basis", "judged.mw_basis") }}
            )
    end as grade_score
from judged
left join {{ source("raw", "source") }} as source on judged.source_id = source.source_id
left join chains on judged.phase_id = {{ dbt.concat(["'ledger:'", "chains.chain_id"]) }}
