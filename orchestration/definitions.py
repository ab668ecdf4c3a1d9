"""The Dagster code location: `workspace.yaml` points here."""

import dagster as dg

from orchestration import schedules
from orchestration.assets.landed import landed_asset
from orchestration.assets.postgres import postgres_assets
from orchestration.assets.sources import source_assets
from orchestration.assets.warehouse import dbt_models, dbt_resource, published_asset
from orchestration.setup import ready


def build() -> dg.Definitions:
    """Return all assets, the refresh job, its schedule and the sensors."""
    home = ready()
    sources = source_assets()
    models = dbt_models(home)
    marts = [key for key, group in models.group_names_by_key.items() if group in ("marts", "core")]
    return dg.Definitions(
        assets=[
            *sources,
            landed_asset([asset.key for asset in sources]),
            models,
            published_asset(marts),
            *postgres_assets(),
        ],
        jobs=[schedules.refresh_job(), schedules.load_job(), schedules.build_job()],
        schedules=[schedules.daily_refresh],
        sensors=[schedules.dead_runs, schedules.scheduled_run_failed, schedules.scheduled_run_degraded],
        resources={"dbt": dbt_resource()},
        executor=dg.in_process_executor,
    )


defs = build()
