-- Generated from ingest/sources by `make generate`. Do not edit.
select *
from {{ source("raw", "peeringdb_exchanges") }}
where known_at <= (select known_at from {{ source("raw", "clock") }})
