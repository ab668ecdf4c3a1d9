with
    spellings as (
        select org_id, unnest(list_concat([name], string_split(coalesce(aliases, ''), ';'))) as spelling
        from {{ ref("stg_organisations") }}
    )

select distinct lower(trim(spelling)) as name, org_id
from spellings
where trim(spelling) <> ''
