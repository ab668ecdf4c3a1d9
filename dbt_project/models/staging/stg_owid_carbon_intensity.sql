-- Generated from ingest/sources by `make generate`. Do not edit.
select *
from {{ source("raw", "owid_carbon_intensity") }}
where known_at <= (select known_at from {{ source("raw", "clock") }})
