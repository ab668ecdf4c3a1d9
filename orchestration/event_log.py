"""Dagster's event log in SQLite, with connections kept open and the events of many days written in one transaction.

The stock class opens two databases for every event, compiles each statement anew and commits in both. A range of
days has two events per day and source, and a day a dozen per source, so that cost, not the loading, decided how long a
backfill or a refresh without news took. Files and tables are the stock ones.
"""

import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Self

import sqlalchemy
import sqlalchemy.event
from dagster._core.events import ASSET_CHECK_EVENTS
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._serdes import ConfigurableClassData

# How long a connection waits for another process that writes.
BUSY_SECONDS = 60
# A process writes one run and the database all runs share; a web page reads a few more.
MOST_OPEN = 4


def _connected(address: str) -> sqlalchemy.Engine:
    """Return what connects to a database: it remembers compiled statements and keeps one connection open."""
    engine = sqlalchemy.create_engine(address, pool_size=1, connect_args={"timeout": BUSY_SECONDS})

    @sqlalchemy.event.listens_for(engine, "connect")
    def _relax(connection: Any, _record: Any) -> None:
        # With a write-ahead log a killed process loses nothing by it; a machine that loses power, its last events.
        connection.execute("pragma synchronous=normal")

    return engine


class BatchedEventLog(SqliteEventLogStorage):
    """The stock storage with `store_event_batch` after the model of dagster-postgres, and connections kept open."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, sqlalchemy.Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """Return the storage that the section of `dagster.yaml` describes."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Generator[sqlalchemy.Connection]:
        with self._db_lock:
            engine = self._engine_of(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def _engine_of(self, shard: str) -> sqlalchemy.Engine:
        """Return the engine of a database; of the many databases of runs only those used last stay open."""
        engine = self._engines.pop(shard, None) or _connected(self.conn_string_for_shard(shard))
        self._engines[shard] = engine
        if len(self._engines) > MOST_OPEN:
            oldest = next(name for name in self._engines if name != INDEX_SHARD_NAME)
            self._engines.pop(oldest).dispose()
        return engine

    def _show(self, run_id: str) -> None:
        """Touch the database of a run: the page that follows the run waits for that."""
        with suppress(FileNotFoundError):  # somebody removed all runs meanwhile
            os.utime(self.path_for_shard(run_id))

    def store_event(self, event: EventLogEntry) -> None:
        """Store an event."""
        super().store_event(event)
        self._show(event.run_id)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events of one run, of the kinds Dagster batches, in the run's own database and in the shared one."""
        of_checks = [event for event in events if event.dagster_event_type in ASSET_CHECK_EVENTS]
        of_assets = [event for event in events if event.dagster_event_type not in ASSET_CHECK_EVENTS]
        for event in of_checks:
            self.store_event(event)
        if not of_assets:
            return
        run_id = of_assets[0].run_id
        rows = [self._event_to_row(event) for event in of_assets]
        insert, number = SqlEventLogStorageTable.insert(), SqlEventLogStorageTable.c.id
        with self.run_connection(run_id) as con:
            con.execute(insert, rows)
        # The newest event of an asset is what its row in the table of assets tells.
        newest = {row["asset_key"]: place for place, row in enumerate(rows)}
        with self.index_transaction() as con:
            ids = con.execute(insert.returning(number, sort_by_parameter_order=True), rows).scalars().all()
            self._store_asset_event_tags(con, of_assets, ids)
            for place in newest.values():
                self._store_asset_event(con, of_assets[place], ids[place])
        self._show(run_id)
