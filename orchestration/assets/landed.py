"""The asset `landed`: every accepted vintage written into the build file. Also the lock all writers of it share."""

from collections.abc import Generator
from contextlib import contextmanager

import dagster as dg
import duckdb

from ingest import load as loading
from ingest import warehouse
from ingest.declaration import load_declarations
from ingest.errors import DISK_FULL, AtlasError, is_full_disk
from ingest.home import Home, open_home, writer_lock
from ingest.ops import Ops
from orchestration import dbt_results, inputs, progress, runs
from orchestration.partitions import BACKFILL_POLICY, DAYS

# One pool for all that writes the build file: queued runs wait for each other, the file lock guards the rest.
POOL = "warehouse"
LANDED = dg.AssetKey("landed")
LOCK_WAIT_SECONDS = 900


@contextmanager
def writing(home: Home) -> Generator[None]:
    """Hold the writer's lock; turn foreseeable faults into one message in the run's log."""
    try:
        with writer_lock(home, wait_seconds=LOCK_WAIT_SECONDS):
            yield
    except AtlasError as error:
        raise dg.Failure(str(error)) from None
    except Exception as error:
        if is_full_disk(error):
            raise dg.Failure(DISK_FULL) from None
        raise


def _open_build(home: Home) -> duckdb.DuckDBPyConnection:
    """Open the build file, or make it anew where it is damaged: it holds nothing that cannot be built again."""
    try:
        return duckdb.connect(str(home.build_db))
    except duckdb.IOException as error:
        if "not a valid DuckDB database file" not in str(error):
            raise
    home.build_db.unlink()
    home.build_db.with_name(f"{home.build_db.name}.wal").unlink(missing_ok=True)
    return duckdb.connect(str(home.build_db))


def landed_asset(source_keys: list[dg.AssetKey]) -> dg.AssetsDefinition:
    """Return the asset that writes every accepted vintage into the build file, the only upstream of dbt."""

    @dg.asset(
        key=LANDED,
        deps=source_keys,
        group_name="warehouse",
        partitions_def=DAYS,
        backfill_policy=BACKFILL_POLICY,
        pool=POOL,
        kinds={"polars", "duckdb"},
        description="Every accepted vintage of every source, in the schema `raw` of the build file, at today's clock.",
    )
    def land(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        runs.claim(context.instance, context.run_id)
        progress.tell("landed", "writing vintages")
        home = open_home()
        declarations = load_declarations()
        with writing(home), Ops(home.ops_db) as ops:
            for declaration in declarations.values():
                # A source that was not asked for may have been declared anew: what is landed has to fit.
                try:
                    loading.gate_pending(home, ops, declaration)
                except Exception:  # one bad source never stops the others
                    context.log.exception("The vintages of %s could not be gated again.", declaration.source_id)
            found = inputs.collect(ops, declarations)
            held = inputs.recorded(home)
            if held and held["key"] == found.key and home.build_db.exists():
                return dg.MaterializeResult(metadata={"inputs": found.key, "is_changed": False})
            inputs.forget(home)
            dbt_results.forget(home)
            with _open_build(home) as con:
                rows = warehouse.expose(con, home, ops, declarations)
            inputs.record(home, found)
        table = "\n".join(f"| {name} | {n_rows} |" for name, n_rows in rows.items())
        return dg.MaterializeResult(
            metadata={
                "inputs": found.key, "is_changed": True, "vintages": len(found.vintages),
                "rows": dg.MetadataValue.md(f"| relation | rows |\n|---|---|\n{table}"),
            }
        )  # fmt: skip

    return land
