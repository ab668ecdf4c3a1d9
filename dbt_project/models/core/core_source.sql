select source_id, name, tier, history_class, licence_id, attribution, is_redistributable
from {{ source("raw", "source") }}
