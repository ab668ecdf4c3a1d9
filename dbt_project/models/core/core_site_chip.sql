with
    names as (
        select site_name as name, project_id
        from {{ ref("core_site") }}
        union
        select timeline_name as name, project_id
        from {{ ref("core_site") }}
        union
        select source_key as name, project_id
        from {{ ref("ref_project_alias") }}
        where source_id = 'epoch_data_centers'
    ),

    projects as (select name, min(project_id) as project_id from names group by name)

select
    projects.project_id,
    chip.date as state_date,
    chip.chip_type,
    vendor.org_id,
    chip.known_at,
    chip.known_to,
    'epoch_chip_quantities' as source_id
from {{ ref("stg_epoch_chip_quantities") }} as chip
inner join projects on chip.data_center = projects.name
left join
    {{ ref("ref_chip_vendor") }} as vendor
    on chip.chip_type like {{ dbt.concat(["vendor.chip_prefix", "'%'"]) }}
where chip.n_chips > 0
