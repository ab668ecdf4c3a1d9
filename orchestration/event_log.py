"""Dagster's event log in SQLite, with the events of many days written in one transaction.

The stock class opens two databases and commits in each for every event. A range of days has two events per day and
source, so that cost, not the loading, decided how long a backfill took. Files and tables are the stock ones.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from dagster._core.events import ASSET_CHECK_EVENTS
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._serdes import ConfigurableClassData


class BatchedEventLog(SqliteEventLogStorage):
    """The stock storage with `store_event_batch` after the model of dagster-postgres."""

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """Return the storage that the section of `dagster.yaml` describes."""
        return cls(inst_data=inst_data, **config_value)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events of one run, of the kinds Dagster batches, in the run's own database and in the shared one."""
        of_checks = [event for event in events if event.dagster_event_type in ASSET_CHECK_EVENTS]
        of_assets = [event for event in events if event.dagster_event_type not in ASSET_CHECK_EVENTS]
        for event in of_checks:
            self.store_event(event)
        if not of_assets:
            return
        rows = [self._event_to_row(event) for event in of_assets]
        insert, number = SqlEventLogStorageTable.insert(), SqlEventLogStorageTable.c.id
        with self.run_connection(of_assets[0].run_id) as con:
            con.execute(insert, rows)
        # The newest event of an asset is what its row in the table of assets tells.
        newest = {row["asset_key"]: place for place, row in enumerate(rows)}
        with self.index_transaction() as con:
            ids = con.execute(insert.returning(number, sort_by_parameter_order=True), rows).scalars().all()
            self._store_asset_event_tags(con, of_assets, ids)
            for place in newest.values():
                self._store_asset_event(con, of_assets[place], ids[place])
