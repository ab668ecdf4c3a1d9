"""Readers of the two marts of `tests.tiny_build`, each a process that asks without pause until a file tells it to stop.

    python -m tests.readers KIND WHERE STOP

Every row of a build holds its number, and each answer has to hold one number alone, never below the one before.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DEADLINE_SECONDS = 900
N_ROWS = 500
# Both marts in one statement, in either order, since names are looked up one by one.
QUERIES = (
    "select count(*), min(n), max(n), min(a), max(a) from (select n from marts.mart_tiny) t "
    "cross join (select cast(attribution as integer) as a from marts.ref_table_licence) l",
    "select count(*), min(n), max(n), min(a), max(a) from (select cast(attribution as integer) as a "
    "from marts.ref_table_licence) l cross join (select n from marts.mart_tiny) t",
)
Ask = Callable[[str], tuple[Any, ...]]


@contextmanager
def duckdb_file(where: str) -> Iterator[Ask]:
    """Open the published file for each query, in a process that has opened it before."""
    import duckdb

    def ask(query: str) -> tuple[Any, ...]:
        with duckdb.connect(str(Path(where, "atlas.duckdb").resolve()), read_only=True) as con:
            return con.sql(query).fetchall()[0]

    yield ask


@contextmanager
def parquet(where: str) -> Iterator[Ask]:
    """Resolve the folder of the build, then read two of its files."""
    import duckdb

    def ask(query: str) -> tuple[Any, ...]:
        folder = Path(where, "current").resolve() / "parquet"
        for name in ("mart_tiny", "ref_table_licence"):
            query = query.replace(f"marts.{name}", f"'{folder / name}.parquet'")
        return duckdb.sql(query).fetchall()[0]

    yield ask


@contextmanager
def postgres(where: str) -> Iterator[Ask]:
    """Keep one connection, as a BI tool does. The password comes from the environment."""
    import psycopg

    with psycopg.connect(where, autocommit=True) as con:
        yield lambda query: con.execute(query).fetchall()[0]  # ty: ignore[no-matching-overload]


@contextmanager
def repeatable(where: str) -> Iterator[Ask]:
    """Ask for the marts one by one in a transaction that promises the same answer twice."""
    import psycopg

    with psycopg.connect(where, autocommit=True) as con:

        def ask(_: str) -> tuple[Any, ...]:
            with con.transaction():
                con.execute("set transaction isolation level repeatable read")
                of_mart = con.execute("select count(*), min(n), max(n) from marts.mart_tiny").fetchall()[0]
                words = "select min(cast(attribution as integer)), max(cast(attribution as integer)) "
                return of_mart + con.execute(words + "from marts.ref_table_licence").fetchall()[0]  # ty: ignore[no-matching-overload]

        yield ask


@contextmanager
def superset(where: str) -> Iterator[Ask]:
    """Sign in to Superset and ask through its API. The password comes from the environment."""
    import requests

    with requests.Session() as session:
        signed_in = session.post(
            f"{where}/api/v1/security/login", timeout=60,
            json={"username": "admin", "password": os.environ["ATLAS_SUPERSET_PASSWORD"], "provider": "db"},
        )  # fmt: skip
        session.headers["Authorization"] = f"Bearer {signed_in.json()['access_token']}"
        token = session.get(f"{where}/api/v1/security/csrf_token/", timeout=60).json()["result"]
        session.headers.update({"X-CSRFToken": token, "Referer": where})

        def ask(query: str) -> tuple[Any, ...]:
            answer = session.post(
                f"{where}/api/v1/sqllab/execute/", json={"database_id": 1, "sql": query, "schema": "marts"}, timeout=60
            )
            assert answer.status_code == 200, answer.text[:500]
            (row,) = answer.json()["data"]
            return tuple(row.values())

        yield ask


def read(kind: str, where: str, stop: Path) -> dict[str, Any]:
    """Ask until told to stop; return how many answers there were, of how many builds, and what was wrong."""
    opened = {"duckdb": duckdb_file, "parquet": parquet, "postgres": postgres, "repeatable": repeatable,
              "superset": superset}[kind]  # fmt: skip
    n_answers, longest, seen, failed, torn = 0, 0.0, [0], [], []
    deadline = time.monotonic() + DEADLINE_SECONDS
    with opened(where) as ask:
        print("reading", flush=True)
        while not stop.exists() and time.monotonic() < deadline:
            start = time.monotonic()
            try:
                n_rows, *numbers = ask(QUERIES[n_answers % 2])
            except Exception as error:  # whatever a reader meets is what is being counted
                failed.append(f"{type(error).__name__}: {error}"[:500])
                continue
            finally:
                longest = max(longest, time.monotonic() - start)
            n_answers += 1
            if n_rows != N_ROWS or len(set(numbers)) != 1 or numbers[0] < seen[-1]:
                torn.append(f"{n_rows} rows, {numbers} after {seen[-1]}")
            elif numbers[0] != seen[-1]:
                seen.append(numbers[0])
    return {"kind": kind, "answers": n_answers, "builds": len(seen) - 1, "longest_seconds": round(longest, 3),
            "failed": failed, "torn": torn}  # fmt: skip


if __name__ == "__main__":
    os.nice(10)  # else readers that never pause leave the publisher no processor, and two hundred builds take long
    print(json.dumps(read(sys.argv[1], sys.argv[2], Path(sys.argv[3]))), flush=True)
