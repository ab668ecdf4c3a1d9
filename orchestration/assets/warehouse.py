"""From landed vintages to published marts: the dbt models and `published`."""

import importlib.metadata
from collections.abc import Iterator, Mapping
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any

import dagster as dg
import dagster_dbt
from packaging.version import Version

from ingest.home import Home, open_home
from orchestration import builds, dbt_results, inputs, progress, publish, runs
from orchestration.assets.landed import LANDED, POOL, writing
from orchestration.setup import DBT_PROJECT


class FastDbt(dagster_dbt.DbtCliResource):
    """The stock resource without its start-up call of `dbt --version`, which costs six seconds."""

    @cached_property
    def _cli_version(self) -> Version:
        return Version(importlib.metadata.version("dbt-core"))


class Translator(dagster_dbt.DagsterDbtTranslator):
    """Names and groups of the dbt assets. All dbt sources are the one asset `landed`."""

    def __init__(self) -> None:
        super().__init__(dagster_dbt.DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Return the model's own name, which is unique in the project."""
        is_source = dbt_resource_props["resource_type"] == "source"
        return LANDED if is_source else dg.AssetKey(dbt_resource_props["name"])

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: dagster_dbt.DbtProject | None
    ) -> dg.AssetSpec:
        """Let seeds wait for `landed` as well: a backfill would build them meanwhile, and landing forgets that."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        is_root = not list(spec.deps) and spec.key != LANDED
        return spec.replace_attributes(deps=[LANDED]) if is_root else spec

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Return the layer: staging, core or marts."""
        return dbt_resource_props["fqn"][1] if len(dbt_resource_props["fqn"]) > 2 else "core"


def dbt_models(home: Home) -> dg.AssetsDefinition:
    """Return the dbt models and tests as assets and checks, built by one dbt command."""

    @dagster_dbt.dbt_assets(
        manifest=dbt_results.manifest_path(home), dagster_dbt_translator=Translator(), pool=POOL, name="dbt_models"
    )
    def build_models(context: dg.AssetExecutionContext, dbt: FastDbt) -> Iterator[Any]:
        runs.claim(context.instance, context.run_id)
        home = open_home()
        with writing(home):
            held = inputs.recorded(home)
            if not builds.is_due(home, held):
                context.log.info("The published build was made of these inputs, or a rollback holds it.")
                # A backfill waits for every asset it asked for, and what is behind one left out is skipped.
                for key in TopologicalSorter(context.assets_def.asset_deps).static_order():
                    if key in context.selected_asset_keys:
                        yield dg.MaterializeResult(asset_key=key, metadata={"is_changed": False})
                return
            # Unit tests prove the SQL, not the data: `make test` runs them.
            command = ["build", "--exclude-resource-type", "unit_test"]
            invocation = dbt.cli(
                command, context=context, target_path=dbt_results.target_path(home), raise_on_error=False
            )
            for count, event in enumerate(invocation.stream(), start=1):
                progress.tell("dbt", f"{count} results")
                yield event
            invocation.wait()
            dbt_results.record(home)
            if not invocation.is_successful():
                faults = dbt_results.faults(home)
                raise dg.Failure("dbt: " + ("; ".join(faults[:5]) or "the command failed; see the log of this step."))

    return build_models


def published_asset(marts: list[dg.AssetKey]) -> dg.AssetsDefinition:
    """Return the asset that checks the build and publishes it whole."""

    @dg.asset(
        key="published",
        deps=marts,
        group_name="warehouse",
        pool=POOL,
        kinds={"duckdb", "parquet"},
        description="The build readers see: published/atlas.duckdb and a Parquet file per mart.",
    )
    def publish_build(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        runs.claim(context.instance, context.run_id)
        progress.tell("publish", "checking and writing the build")
        home = open_home()
        with writing(home):
            before, is_due = builds.current(home), builds.is_due(home, inputs.recorded(home))
            manifest = before if before and not is_due else publish.publish(home)
        rows = "\n".join(f"| {name} | {table['n_rows']} |" for name, table in manifest["tables"].items())
        return dg.MaterializeResult(
            metadata={
                "build_id": manifest["build_id"], "is_changed": manifest is not before,
                "known_at": str(manifest["known_at"]),
                "path": dg.MetadataValue.path(str(home.published / "atlas.duckdb")), "checks": manifest["checks"],
                "rows": dg.MetadataValue.md(f"| table | rows |\n|---|---|\n{rows}"),
            }
        )  # fmt: skip

    return publish_build


def dbt_resource() -> FastDbt:
    """Return the resource that runs dbt."""
    return FastDbt(project_dir=str(DBT_PROJECT), profiles_dir=str(DBT_PROJECT))
