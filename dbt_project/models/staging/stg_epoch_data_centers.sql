-- Generated from ingest/sources by `make generate`. Do not edit.
select * from {{ source("raw", "epoch_data_centers") }}
