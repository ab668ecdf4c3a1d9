"""A build file of two small marts, published without sources, dbt or the gate of the marts."""

import json
from collections.abc import Sequence
from typing import Any

import duckdb

from ingest import warehouse
from ingest.home import Home
from ingest.ops import Ops
from orchestration import dbt_results, inputs, publish
from tests.conftest import Tiny

ROWS: list[tuple[int, str | None]] = [(1, "a"), (2, None), (3, "it's")]
MODEL, LICENCES = "model.infra_atlas.mart_tiny", "model.infra_atlas.ref_table_licence"


class Build:
    """A build file that dbt and the gate are content with."""

    def __init__(self, home: Home, ops: Ops, tiny: Tiny) -> None:
        self.home = home
        dbt_results.target_path(home).mkdir(parents=True)
        of_model = {"resource_type": "model", "schema": "marts", "config": {}}
        grain = {"name": "unique_grain", "kwargs": {"columns": ["n"]}}
        nodes = {
            MODEL: of_model | {"alias": "mart_tiny"},
            LICENCES: of_model | {"alias": "ref_table_licence"},
            "test.infra_atlas.t": {"resource_type": "test", "test_metadata": grain, "attached_node": MODEL},
        }
        manifest = {"nodes": nodes}
        dbt_results.manifest_path(home).write_text(json.dumps(manifest))
        with duckdb.connect(str(home.build_db)) as con:
            warehouse.expose(con, home, ops, {"tiny": tiny.declare()})
            con.sql("create schema marts; create schema core; create schema staging")
            con.sql("create table marts.mart_tiny (n integer, label varchar)")
            columns = "table_name varchar, licence_id varchar, licence_url varchar, attribution varchar"
            con.sql(f"create table marts.ref_table_licence ({columns})")
            con.sql("insert into marts.ref_table_licence values ('mart_tiny', 'CC-BY-4.0', 'https://x.test', 'Tiny')")
            con.sql("comment on table marts.mart_tiny is 'It''s a mart.'")
            con.sql("comment on column marts.mart_tiny.n is 'A number.'")
        self.fill(ROWS)
        self.tell(**{MODEL: "success", LICENCES: "success", "test.infra_atlas.t": "pass"})
        inputs.record(home, inputs.collect(ops, {}))

    def fill(self, rows: Sequence[tuple[int, str | None]]) -> None:
        with duckdb.connect(str(self.home.build_db)) as con:
            con.sql("truncate marts.mart_tiny")
            con.executemany("insert into marts.mart_tiny values (?, ?)", rows)

    def tell(self, **statuses: str) -> None:
        """Let dbt's last command have had these results."""
        results = [{"unique_id": key, "status": status, "message": "why"} for key, status in statuses.items()]
        run_results = dbt_results.target_path(self.home) / "run_results.json"
        run_results.write_text(json.dumps({"results": results}))
        dbt_results.record(self.home)

    def publish(self) -> dict[str, Any]:
        return publish.publish(self.home)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str((self.home.published / "atlas.duckdb").resolve()), read_only=True) as con:
            return con.sql(sql).fetchall()
