{% set components = ["source_tier", "corroboration", "recency", "specificity", "agreement"] %}
{% set tier %} {{ grade_score("tier", "cast(source.tier as " ~ dbt.type_string() ~ ")") }} {% endset %}
with
    capacity as (
        select
            phase.iso3,
            phase.stage,
            min({{ tier }}) as source_tier,
            count(distinct phase.source_id) as n_independent,
            max(phase.known_at) as content_day,
            min({{ grade_score("basis", "phase.mw_basis") }}) as specificity,
            cast(
                sum(case when phase.is_selected then {{ exact("phase.v_central_mw") }} end) as double
            ) as value,
            cast(
                sum(case when not phase.is_selected then {{ exact("phase.v_central_mw") }} end) as double
            ) as other_value,
            avg(
                case when phase.is_selected then case when phase.stated_mw is null then 1 else 0 end end
            ) as unknown_share,
            min(case when phase.is_selected then phase.grade_score end) as grade_score
        from {{ ref("core_capacity_phase") }} as phase
        inner join {{ ref("core_source") }} as source on phase.source_id = source.source_id
        where phase.clock_id = {{ latest_clock_id() }}
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
            -- Two sources of the same figure are one that is told twice.
            count(distinct format('{:.3g}', fact.value)) as n_independent,
            count(*) as n_sources,
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

    told as (
        select
            'mart_country_capacity' as mart,
            iso3,
            {{ dbt.concat(["'v_central_mw '", "stage"]) }} as metric,
            source_tier,
            n_independent,
            content_day,
            specificity,
            case
                when other_value is not null
                then 1 - abs(value - other_value) / nullif((value + other_value) / 2, 0)
            end as agreement,
            unknown_share,
            {{ grade_letter("grade_score") }} as grade
        from capacity
        where grade_score is not null
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
                when electricity.n_sources > 1
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
            {{ tier }} as source_tier,
            witnesses.n_independent,
            programme.last_event_date as content_day,
            cast(null as double) as specificity,
            cast(null as double) as agreement,
            0 as unknown_share,
            programme.grade
        from {{ ref("mart_country_programme") }} as programme
        inner join witnesses using (iso3, programme)
        inner join {{ ref("core_source") }} as source on programme.source_id = source.source_id
        where programme.is_latest
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
        when unknown_share = 1
        then 'nothing is known'
        when unknown_share > 0
        then 'a part is unknown and stands in no figure'
    end as coverage_note,
    {{ assumption_set_id() }} as assumption_set_id
from scored
