select clock_id, history, as_of, known_at, is_latest from {{ source("raw", "clock") }}
