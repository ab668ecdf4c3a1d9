-- Generated from ingest/sources by `make generate`. Do not edit.
select * from {{ source("raw", "cloud_regions") }}
