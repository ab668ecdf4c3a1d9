with
    states as (
        select
            project_id,
            iso3,
            state_date,
            facility_power_mw as mw,
            known_at,
            known_to,
            state_date > known_at as is_plan,
            state_date <= known_at and coalesce(buildings_operational, 1) > 0 as is_running,
            row_number() over (
                partition by project_id, known_at, state_date > known_at order by state_date desc
            ) as recency
        from {{ ref("core_site_state") }}
        where facility_power_mw is not null
    ),

    vintages as (
        select
            project_id,
            known_at,
            max(iso3) as iso3,
            max(known_to) as known_to,
            coalesce(max(case when is_running and recency = 1 then mw end), 0) as running_mw,
            max(case when is_plan then mw end) as plan_mw
        from states
        group by project_id, known_at
    ),

    -- What runs or was planned before is no new step: a plan cut up anew stays the plan it was.
    covered as (
        select
            vintages.*,
            greatest(
                running_mw,
                coalesce(
                    max(plan_mw) over (
                        partition by project_id
                        order by known_at
                        rows between unbounded preceding and 1 preceding
                    ),
                    0
                )
            ) as covered_mw
        from vintages
    ),

    steps as (
        select
            levels.project_id,
            levels.mw,
            levels.known_at as stated_at,
            coalesce(
                lag(levels.mw) over (partition by levels.project_id, levels.known_at order by levels.mw),
                covered.covered_mw
            ) as from_mw
        from (select distinct project_id, known_at, mw from states where is_plan) as levels
        inner join covered on levels.project_id = covered.project_id and levels.known_at = covered.known_at
        where levels.mw > covered.covered_mw * (1 + {{ parameter("target_tolerance_mw") }})
    ),

    site_targets as (
        select
            {{
                dbt.concat(
                    [
                        "'epoch:'",
                        "steps.project_id",
                        "':'",
                        "cast(cast(steps.mw as decimal(12, 1)) as " ~ dbt.type_string() ~ ")",
                    ]
                )
            }} as target_key,
            vintages.project_id,
            vintages.iso3,
            steps.mw as site_mw,
            steps.mw - steps.from_mw as step_mw,
            min(case when states.is_plan then states.state_date end) as target_date,
            min(case when states.is_running then states.state_date end) as online_date,
            greatest(
                0, least(max(vintages.running_mw) - steps.from_mw, steps.mw - steps.from_mw)
            ) as online_mw,
            vintages.known_at,
            max(vintages.known_to) as known_to
        from steps
        inner join vintages on steps.project_id = vintages.project_id and steps.stated_at <= vintages.known_at
        left join
            states
            on vintages.project_id = states.project_id
            and vintages.known_at = states.known_at
            and states.mw >= steps.mw * (1 - {{ parameter("target_tolerance_mw") }})
        group by
            steps.project_id, steps.mw, steps.from_mw, vintages.project_id, vintages.iso3, vintages.known_at
    )

-- A statement gives a period, of which target_date is the last day; Epoch AI gives a day.
select
    target_key,
    'epoch_data_center_timelines' as source_id,
    project_id,
    iso3,
    site_mw,
    step_mw,
    case when online_date is null then target_date end as target_from,
    case when online_date is null then target_date end as target_date,
    online_date,
    online_mw,
    cast(null as {{ dbt.type_string() }}) as status_reason,
    known_at,
    known_to
from site_targets
union all
select
    announcement_id as target_key,
    'ledger' as source_id,
    cast(null as {{ dbt.type_string() }}) as project_id,
    cast(null as {{ dbt.type_string() }}) as iso3,
    null as site_mw,
    null as step_mw,
    case
        first_online_precision
        {% for precision, months in {"month": 1, "quarter": 3, "half": 6, "year": 12}.items() %}
            when '{{ precision }}'
            then cast({{ dbt.dateadd("month", -months, dbt.dateadd("day", 1, "first_online_date")) }} as date)
        {% endfor %}
        else first_online_date
    end as target_from,
    first_online_date as target_date,
    cast(null as date) as online_date,
    null as online_mw,
    status_reason,
    known_at,
    cast(null as date) as known_to
from {{ ref("core_deal_term") }}
where first_online_date is not null or status_reason is not null
