select source_id, name, tier, history_class, licence_id, attribution, is_redistributable, is_share_alike
from {{ source("raw", "source") }}
