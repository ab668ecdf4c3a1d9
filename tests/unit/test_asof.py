"""A table macro is a mart's own SQL with the asked clock in the place of the stored ones."""

from collections.abc import Mapping
from typing import Any

import duckdb
import pytest

from ingest.errors import AtlasError
from orchestration import asof

SQL = {
    "core_clock": "select * from raw.clock",
    "core_fact": "select * from staging.stg_fact",
    "core_at_clock": (
        'select clock.clock_id, fact.value from "build"."core"."core_clock" as clock '
        'inner join "build"."core"."core_fact" as fact on fact.known_at <= clock.known_at'
    ),
    "mart_sum": (
        'select history, as_of, known_at, sum(value) as value from "build"."core"."core_at_clock" '
        'inner join "build"."core"."core_clock" using (clock_id) group by all'
    ),
}
PARENTS = {
    "core_clock": [], "core_fact": [], "core_at_clock": ["core_clock", "core_fact"],
    "mart_sum": ["core_at_clock", "core_clock"],
}  # fmt: skip


def manifest() -> dict[str, Any]:
    nodes = {}
    for name, parents in PARENTS.items():
        schema = name.split("_")[0].replace("mart", "marts")
        nodes[f"model.atlas.{name}"] = {
            "unique_id": f"model.atlas.{name}", "resource_type": "model", "schema": schema, "alias": name,
            "relation_name": f'"build"."{schema}"."{name}"', "config": {"meta": {}},
            "depends_on": {"nodes": [f"model.atlas.{parent}" for parent in parents]},
        }  # fmt: skip
    nodes["model.atlas.mart_sum"]["config"] = {"meta": {"asof": "sum_asof"}}
    return {"nodes": nodes}


def compiled(node: Mapping[str, Any]) -> str:
    return SQL[node["alias"]]


def test_a_macro_answers_for_any_clock_from_published_facts() -> None:
    ((schema, signature, sql),) = asof.macros(manifest(), compiled)
    assert (schema, signature) == ("marts", "sum_asof(valid, known)")
    with duckdb.connect() as con:
        con.execute("create schema marts; create schema core")
        facts = "(values (1, date '2026-01-01'), (2, date '2026-02-01')) as told (value, known_at)"
        con.execute(f"create table core.core_fact as from {facts}")
        con.execute("create table core.core_clock as select date '2026-03-01' as known_at")
        con.execute(f"create macro {schema}.{signature} as table {sql}")
        asked = "select history, as_of::varchar, known_at::varchar, value from marts.sum_asof('2025-12-31', '{}')"
        assert con.sql(asked.format("2026-01-15")).fetchall() == [("asked", "2025-12-31", "2026-01-15", 1)]
        assert con.sql(asked.format("2026-02-01")).fetchall() == [("asked", "2025-12-31", "2026-02-01", 3)]
        # A day to come is answered by what is known, and says so.
        assert con.sql(asked.format("2030-01-01")).fetchall() == [("asked", "2025-12-31", "2026-03-01", 3)]
        before = con.sql("select as_of::varchar from marts.sum_asof('2026-02-20', '2026-01-15')").fetchall()
        assert before == [("2026-01-15",)]


def test_a_model_with_a_clock_may_not_read_what_is_not_published(monkeypatch: pytest.MonkeyPatch) -> None:
    unfit = SQL["core_at_clock"].replace('"build"."core"."core_fact"', '"build"."raw"."fact"')
    monkeypatch.setitem(SQL, "core_at_clock", unfit)
    with pytest.raises(AtlasError, match="which is not published"):
        list(asof.macros(manifest(), compiled))
