-- Generated from ingest/sources by `make generate`. Do not edit.
select * from {{ source("raw", "owid_carbon_intensity") }}
