{# The census that is counted, and the one that stands beside it; the two are never added. #}
{% set places = {1: "", 2: "alternative_"} %}
with
    -- A census tells of the day it was taken, and stands until the next.
    clocks as (
        select core_clock.*, case when as_of < known_at then as_of else known_at end as day
        from {{ ref("core_clock") }} as core_clock
    ),

    regions as (
        select clocks.clock_id, clocks.day, region.*
        from clocks
        inner join {{ ref("core_cloud_region") }} as region on {{ is_in_force("region", "clocks.day") }}
    ),

    snapshots as (
        select clocks.clock_id, vintage.source_id, max(vintage.known_at) as snapshot_date
        from clocks
        inner join {{ ref("core_vintage") }} as vintage on vintage.known_at <= clocks.day
        group by clocks.clock_id, vintage.source_id
    ),

    censuses as (
        select
            regions.clock_id,
            regions.source_id,
            snapshots.snapshot_date,
            count(distinct regions.provider) as n_providers_counted,
            row_number() over (partition by regions.clock_id order by precedence.rank) as place
        from regions
        inner join
            snapshots on regions.clock_id = snapshots.clock_id and regions.source_id = snapshots.source_id
        inner join
            {{ ref("ref_source_precedence") }} as precedence
            on precedence.metric = 'n_cloud_regions'
            and regions.source_id = precedence.source_id
        group by regions.clock_id, regions.source_id, snapshots.snapshot_date, precedence.rank
    ),

    counted as (
        select
            clock_id,
            source_id,
            iso3,
            sum(n_regions) as n_regions,
            count(*) as n_providers,
            {{ dbt.listagg("provider_name", "'; '", "order by provider_name") }} as providers
        from
            (
                select clock_id, source_id, iso3, provider_name, count(*) as n_regions
                from regions
                group by clock_id, source_id, iso3, provider_name
            ) as by_provider
        group by clock_id, source_id, iso3
    ),

    -- That a provider is there may be told by either census; how many are there only by one.
    homes as (
        select
            clock_id,
            iso3,
            count(distinct provider_home_iso3) as n_homes,
            min(provider_home_iso3) as home_iso3,
            count(*) - count(provider_home_iso3) as n_regions_without_home
        from regions
        group by clock_id, iso3
    )

select
    clocks.history,
    country.iso3,
    clocks.as_of,
    clocks.known_at,
    {{ is_latest("clocks") }} as is_latest,
    case
        when census.clock_id is not null and homes.iso3 is null then 'desert' else 'unknown'
    end as l1_territory,
    case
        when census.clock_id is null or homes.n_regions_without_home > 0
        then 'unknown'
        when homes.iso3 is null
        then 'none'
        when homes.n_homes > 1
        then 'mixed'
        when homes.home_iso3 = country.iso3
        then 'domestic'
        when homes.home_iso3 = 'USA'
        then 'us'
        when homes.home_iso3 = 'CHN'
        then 'cn'
        else 'other'
    end as l2_providers,
    {% for level in ["l3_accelerators", "l4_owner", "l5_offtake"] %} control.{{ level }}, {% endfor %}
    control.n_layers_of_top_foreign_home,
    control.top_foreign_home_over_layers,
    control.n_layers_of_top_org,
    control.top_org_over_layers,
    {{ grade_letter("control.grade_score") }} as control_grade,
    control.source_id as control_source_id,
    {% for prefix in places.values() %}
        cast(
            case
                when {{ prefix }}census.clock_id is not null then coalesce({{ prefix }}counted.n_regions, 0)
            end as bigint
        ) as {{ prefix }}n_regions,
        cast(
            case
                when {{ prefix }}census.clock_id is not null then coalesce({{ prefix }}counted.n_providers, 0)
            end as bigint
        ) as {{ prefix }}n_providers,
        cast({{ prefix }}census.n_providers_counted as bigint) as {{ prefix }}n_providers_counted,
        {{ prefix }}counted.providers as {{ prefix }}providers,
        {{ prefix }}census.snapshot_date as {{ prefix }}snapshot_date,
    {% endfor %}
    case
        when census.clock_id is not null
        then {{ grade_letter(parameter("grade_score.coverage.partial_census")) }}
    end as grade,
    census.source_id,
    alternative_census.source_id as alternative_source_id,
    {{ assumption_set_id() }} as assumption_set_id
from clocks
inner join {{ ref("core_country") }} as country on country.known_at <= clocks.known_at
left join homes on clocks.clock_id = homes.clock_id and country.iso3 = homes.iso3
left join
    {{ ref("core_control_profile") }} as control
    on clocks.clock_id = control.clock_id
    and country.iso3 = control.iso3
{% for place, prefix in places.items() %}
    left join
        censuses as {{ prefix }}census
        on clocks.clock_id = {{ prefix }}census.clock_id
        and {{ prefix }}census.place = {{ place }}
    left join
        counted as {{ prefix }}counted
        on {{ prefix }}census.clock_id = {{ prefix }}counted.clock_id
        and {{ prefix }}census.source_id = {{ prefix }}counted.source_id
        and country.iso3 = {{ prefix }}counted.iso3
{% endfor %}
