{% set scenarios = ["low", "central", "high"] %}
with
    site as (
        select
            core_ai_site.*,
            coalesce(operational_mw, 0) as running_mw,
            coalesce(planned_mw, 0) as plan_mw,
            -- What is built now at a site where nothing runs yet is its first step; the rest is a plan.
            case when operational_mw = 0 and has_works then coalesce(next_mw, 0) else 0 end as construction_mw
        from {{ ref("core_ai_site") }} as core_ai_site
        where iso3 is not null and is_listed
    ),

    site_phases as (
        select site.*, 'operational' as stage, running_mw as phase_mw, operational_mw_kind as mw_kind_of_phase
        from site
        union all
        select
            site.*, 'under_construction' as stage, construction_mw as phase_mw, 'facility' as mw_kind_of_phase
        from site
        union all
        select
            site.*,
            'announced' as stage,
            plan_mw
            - case when running_mw > construction_mw then running_mw else construction_mw end as phase_mw,
            'facility' as mw_kind_of_phase
        from site
    ),

    chain_projects as (
        select distinct event.clock_id, event.chain_id, alias.project_id
        from {{ ref("core_chain_event") }} as event
        inner join
            {{ ref("ref_project_alias") }} as alias
            on event.announcement_id = alias.source_key
            and alias.source_id = 'ledger'
    ),

    -- A chain over several projects is out as soon as one of them is counted.
    sited as (
        select chain_projects.clock_id, chain_projects.chain_id, min(chain_projects.project_id) as project_id
        from chain_projects
        inner join
            site_phases
            on chain_projects.clock_id = site_phases.clock_id
            and chain_projects.project_id = site_phases.project_id
            and site_phases.phase_mw > 0
        group by chain_projects.clock_id, chain_projects.chain_id
    ),

    named as (
        select clock_id, chain_id, min(project_id) as project_id
        from chain_projects
        group by clock_id, chain_id
    ),

    with_data_center as (
        select distinct clock_id, chain_id
        from {{ ref("core_chain_event") }}
        where components like '%data_center%'
    ),

    -- A chain about chat, funds or rules alone has no megawatts to know.
    chains as (
        select
            chain.*,
            coalesce(sited.project_id, named.project_id) as project_id,
            sited.chain_id is not null as is_sited
        from {{ ref("core_deal_chain") }} as chain
        inner join
            with_data_center
            on chain.clock_id = with_data_center.clock_id
            and chain.chain_id = with_data_center.chain_id
        left join named on chain.clock_id = named.clock_id and chain.chain_id = named.chain_id
        left join sited on chain.clock_id = sited.clock_id and chain.chain_id = sited.chain_id
        where chain.iso3 is not null and not chain.is_container
    ),

    phases as (
        select
            clock_id,
            {{ dbt.concat(["'epoch:'", "timeline_name", "':'", "stage"]) }} as phase_id,
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
            case when plan_mw > running_mw then plan_mw else running_mw end as ambition_mw,
            known_at,
            false as is_sited
        from site_phases
        where phase_mw > 0
        union all
        select
            clock_id,
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
            last_event_date as known_at,
            is_sited
        from chains
    ),

    covered as (select distinct clock_id, iso3, stage from phases where mw_basis <> 'company_stated'),

    judged as (
        select
            phases.*,
            case
                when phases.mw_basis <> 'company_stated'
                then null
                when phases.is_sited
                then 'same_project'
                when covered.iso3 is not null
                then 'same_country_and_stage'
            end as reason_not_selected
        from phases
        left join
            covered
            on phases.clock_id = covered.clock_id
            and phases.iso3 = covered.iso3
            and phases.stage = covered.stage
    )

select
    judged.clock_id,
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
left join {{ ref("core_source") }} as source on judged.source_id = source.source_id
left join
    chains
    on judged.clock_id = chains.clock_id
    and judged.phase_id = {{ dbt.concat(["'ledger:'", "chains.chain_id"]) }}
