{% set components = ["source_tier", "corroboration", "recency", "specificity", "agreement"] %}
{% set tier %} {{ grade_score("tier", "cast(source.tier as " ~ dbt.type_string() ~ ")") }} {% endset %}
with
    phases as (select * from {{ ref("core_capacity_phase") }} where clock_id = {{ latest_clock_id() }}),

    -- Only what two sources say of the same project in the same stage can agree.
    projects as (
        select
            iso3,
            stage,
            count(distinct case when v_central_mw is not null then source_id end) as n_independent,
            sum(case when is_selected then {{ exact("v_central_mw") }} end) as value,
            sum(case when not is_selected then {{ exact("v_central_mw") }} end) as other_value
        from phases
        where is_selected or reason_not_selected = 'same_project'
        group by iso3, stage, coalesce(project_id, phase_id)
    ),

    witnessed as (
        select
            iso3,
            stage,
            -- A figure is told by no more sources than the least told of its projects.
            min(case when value is not null then n_independent end) as n_independent,
            cast(sum(case when other_value is not null then value end) as double) as value,
            cast(sum(case when value is not null then other_value end) as double) as other_value
        from projects
        group by iso3, stage
    ),

    capacity as (
        select
            phase.iso3,
            phase.stage,
            min({{ tier }}) as source_tier,
            max(phase.known_at) as content_day,
            min({{ grade_score("basis", "phase.mw_basis") }}) as specificity,
            avg(case when phase.stated_mw is null then 1 else 0 end) as unknown_share,
            min(phase.grade_score) as grade_score
        from phases as phase
        inner join {{ ref("core_source") }} as source on phase.source_id = source.source_id
        where phase.is_selected
        group by phase.iso3, phase.stage
    ),

    chosen as (
        select *, row_number() over (partition by iso3, metric order by year desc) as recency
        from {{ ref("core_electricity_selected") }}
        where
            clock_known_at = {{ clock("known_at") }}
            -- Capacity by fuel is a step of firm capacity and no column of the mart.
            and (metric not like '%_gw' or metric = 'installed_capacity_gw')
    ),

    electricity as (
        select
            chosen.iso3,
            chosen.metric,
            chosen.year,
            chosen.basis,
            chosen.source_id,
            chosen.grade_score,
            -- Who passes on the figures of another is no witness of his own.
            count(distinct precedence.origin) as n_independent,
            min(fact.value) as lowest,
            max(fact.value) as highest,
            avg(fact.value) as mean
        from chosen
        inner join
            {{ ref("core_electricity") }} as fact
            on chosen.iso3 = fact.iso3
            and chosen.metric = fact.metric
            and chosen.year = fact.year
            and {{ is_in_force("fact", clock("known_at")) }}
        inner join
            {{ ref("ref_source_precedence") }} as precedence
            on fact.metric = precedence.metric
            and fact.source_id = precedence.source_id
        where chosen.recency = 1
        group by chosen.iso3, chosen.metric, chosen.year, chosen.basis, chosen.source_id, chosen.grade_score
    ),

    -- Pages of one publisher repeat each other.
    witnesses as (
        select iso3, programme, count(distinct split_part(source_url, '/', 3)) as n_independent
        from {{ ref("core_announcement") }}
        where iso3 is not null
        group by iso3, programme
    ),

    programmes as (
        select iso3, programme, last_event_date, grade, unnest(string_split(source_id, '; ')) as source_id
        from {{ ref("mart_country_programme") }}
        where is_latest
    ),

    told as (
        select
            'mart_country_capacity' as mart,
            iso3,
            {{ dbt.concat(["'v_central_mw '", "stage"]) }} as metric,
            source_tier,
            witnessed.n_independent,
            content_day,
            specificity,
            1
            - abs(witnessed.value - witnessed.other_value)
            / nullif((witnessed.value + witnessed.other_value) / 2, 0) as agreement,
            unknown_share,
            {{ grade_letter("grade_score") }} as grade
        from capacity
        inner join witnessed using (iso3, stage)
        union all
        select
            'mart_country_power' as mart,
            electricity.iso3,
            electricity.metric,
            {{ tier }} as source_tier,
            electricity.n_independent,
            cast({{ dbt.concat(["electricity.year", "'-12-31'"]) }} as date) as content_day,
            {{ grade_score("basis", "electricity.basis") }} as specificity,
            case
                when electricity.n_independent > 1
                then 1 - (electricity.highest - electricity.lowest) / nullif(abs(electricity.mean), 0)
            end as agreement,
            0 as unknown_share,
            {{ grade_letter("electricity.grade_score") }} as grade
        from electricity
        inner join {{ ref("core_source") }} as source on electricity.source_id = source.source_id
        union all
        select
            'mart_country_programme' as mart,
            programme.iso3,
            {{ dbt.concat(["'current_stage '", "programme.programme"]) }} as metric,
            min({{ tier }}) as source_tier,
            any_value(witnesses.n_independent) as n_independent,
            programme.last_event_date as content_day,
            cast(null as double) as specificity,
            cast(null as double) as agreement,
            0 as unknown_share,
            programme.grade
        from programmes as programme
        inner join witnesses using (iso3, programme)
        inner join {{ ref("core_source") }} as source on programme.source_id = source.source_id
        group by programme.iso3, programme.programme, programme.last_event_date, programme.grade
        union all
        select
            'mart_platform_dependency' as mart,
            iso3,
            {{ dbt.concat(["layer", "' '", "stage_set", "' '", "weight_basis"]) }} as metric,
            cast(null as double) as source_tier,
            cast(null as bigint) as n_independent,
            cast(null as date) as content_day,
            cast(null as double) as specificity,
            cast(null as double) as agreement,
            unknown_share,
            grade
        from {{ ref("mart_platform_dependency") }}
        where is_latest
    ),

    scored as (
        select
            told.*,
            1 - power({{ parameter("data_quality.doubt_left") }}, n_independent) as corroboration,
            case
                when content_day is not null
                then
                    exp(
                        - {{ dbt.datediff("content_day", clock("known_at"), "day") }}
                        / {{ parameter("data_quality.recency_days") }}
                    )
            end as recency
        from told
    )

select
    mart,
    iso3,
    metric,
    cast({{ clock("as_of") }} as date) as as_of,
    cast({{ clock("known_at") }} as date) as known_at,
    {% for component in components %}
        round(case when {{ component }} < 0 then 0 else {{ component }} end, 6) as {{ component }},
    {% endfor %}
    grade,
    case
        least({{ components | join(", ") }})
        {% for component in components %} when {{ component }} then '{{ component }}' {% endfor %}
    end as weakest_component,
    cast(n_independent as bigint) as n_independent,
    content_day,
    round(unknown_share, 6) as unknown_share,
    case
        when unknown_share = 1 and mart = 'mart_platform_dependency'
        then 'no part is known to be of one home: nobody is named, or several without a division'
        when unknown_share > 0 and mart = 'mart_platform_dependency'
        then 'a part is not known to be of one home: nobody is named, or several without a division'
        when unknown_share = 1
        then 'nothing is known'
        when unknown_share > 0
        then 'a part is unknown and stands in no figure'
    end as coverage_note,
    {{ assumption_set_id() }} as assumption_set_id
from scored
