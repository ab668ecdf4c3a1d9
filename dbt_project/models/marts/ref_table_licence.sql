select
    rests_on.table_name,
    rests_on.source_id,
    source.licence_id,
    source.licence_url,
    source.attribution,
    source.is_redistributable,
    source.is_share_alike,
    {{ clock("known_at") }} as known_at
from {{ ref("ref_table_source") }} as rests_on
inner join {{ source("raw", "source") }} as source using (source_id)
