"""The Dagster assets: one per source, then `landed`, the dbt models and `published`."""
