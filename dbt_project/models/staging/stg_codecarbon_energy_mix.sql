-- Generated from ingest/sources by `make generate`. Do not edit.
select *
from {{ source("raw", "codecarbon_energy_mix") }}
where known_at <= (select known_at from {{ source("raw", "clock") }})
