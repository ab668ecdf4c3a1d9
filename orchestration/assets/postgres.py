"""`published_postgres`: the published build in PostgreSQL, where `ATLAS_POSTGRES_URL` names one."""

import os
from typing import Any

import dagster as dg

from ingest.home import open_home
from orchestration import runs
from orchestration.assets.landed import POOL, writing
from orchestration.publish import POSTGRES_URL


def postgres_assets() -> list[dg.AssetsDefinition]:
    """Return the asset `published_postgres`, or none where no address is set."""
    return [_asset()] if os.environ.get(POSTGRES_URL) else []


def _asset() -> dg.AssetsDefinition:
    @dg.asset(
        key="published_postgres",
        deps=["published"],
        group_name="warehouse",
        pool=POOL,
        kinds={"postgres"},
        description="The marts of the published build as tables of the schema marts in PostgreSQL.",
    )
    def publish_to_postgres(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        from orchestration import postgres
        from orchestration.postgres_address import target

        runs.claim(context.instance, context.run_id)
        home = open_home()
        with writing(home):
            outcome = postgres.load(home, target())
        for line in outcome.warnings:
            context.log.warning(line)
        if not outcome.is_changed:
            return dg.MaterializeResult(metadata={"build_id": outcome.build_id, "is_changed": False})
        rows = "\n".join(f"| {name} | {count} |" for name, count in outcome.rows.items())
        return dg.MaterializeResult(
            metadata={
                "build_id": outcome.build_id, "is_changed": True, "seconds": outcome.seconds,
                "rows": dg.MetadataValue.md(f"| table | rows |\n|---|---|\n{rows}"),
            }
        )  # fmt: skip

    return publish_to_postgres
