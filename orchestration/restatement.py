"""Past days told anew: what a build says was known on a day, beside what the build before it said.

The rows of a past day are a cache of what that day's figures are made of. Where that changed (an archived vintage came
in, a parser was mended, an assumption moved) they are made anew, and the change is logged. Where it did not, they may
not move.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from ingest.home import Home
from ingest.ops import Ops

if TYPE_CHECKING:
    import duckdb

    from expectations.results import Check

Histories = dict[str, dict[str, dict[str, str]]]


def histories(con: "duckdb.DuckDBPyConnection", tables: Sequence[str], keys: Mapping[str, str]) -> Histories:
    """Return, by mart and month's end, a hash of what was known on it and the key of what that is made of.

    `keys` are those of `orchestration.inputs`; a day without one is still going on.
    """
    return {name: _history(con, name, keys) for name in tables if _has_history(con, name)}


def _has_history(con: "duckdb.DuckDBPyConnection", name: str) -> bool:
    columns = [row[0] for row in con.execute(f"describe {name}").fetchall()]
    return name.startswith("marts.") and "history" in columns


def _history(con: "duckdb.DuckDBPyConnection", name: str, keys: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found = con.execute(
        "select known_at::varchar, sha256(string_agg(row_hash::varchar, ',' order by row_hash)) "
        f"from (select known_at, hash(t) as row_hash from (select * exclude (is_latest) from {name} "
        "where history = 'as_known') as t) group by known_at order by known_at"
    ).fetchall()
    return {day: {"sha256": digest, "key": keys[day]} for day, digest in found if day in keys}


def log(
    home: Home, con: "duckdb.DuckDBPyConnection", before: Mapping[str, Any] | None, build_id: str, now: Histories
) -> "Iterator[Check]":
    """Log the past days a build tells otherwise than the manifest `before`, and write the log into the build.

    Yields a check per mart: what is made of the same inputs has to be the same.
    """
    from expectations.results import Check

    with Ops(home.ops_db) as ops:
        for name, days in now.items():
            then = before.get("histories", {}).get(name, {}) if before else {}
            restated = [day for day in days if day in then and then[day]["sha256"] != days[day]["sha256"]]
            for day in restated:
                old_id = str(before["build_id"]) if before else ""
                old, new = (old_id, then[day]["key"]), (build_id, days[day]["key"])
                ops.log_mart_restatement(name, date.fromisoformat(day), old, new)
            impure = [day for day in restated if then[day]["key"] == days[day]["key"]]
            told = f"expected: the same inputs tell the same of a past day; came: {len(impure)} days told otherwise"
            sample = [{"known_at": day} for day in impure[:5]]
            rule = f"{name.split('.')[1]}.history_is_pure"
            yield Check(rule, "keys", "warn", not impure, len(impure), len(days), told, sample)
        con.register("incoming", ops.table("mart_restatement"))
        con.execute("create table ops.ops_mart_restatement as select * from incoming order by all")
        con.unregister("incoming")
