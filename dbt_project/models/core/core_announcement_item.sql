select item.* exclude (known_to), source.tier
from {{ ref("stg_announcement_item") }} as item
inner join {{ ref("core_source") }} as source using (source_id)
