-- A link that is not proven has no project: nothing may be joined on it.
select source_id, source_key, project_id, iso3, confidence, note, source
from {{ ref("stg_project_aliases") }}
where project_id is not null
