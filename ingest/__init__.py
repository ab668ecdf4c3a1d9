"""From public bytes to typed, gated, landed vintages. Nothing here knows about Dagster or dbt."""
