"""The one partitions definition: every day from the first edition known on, today included; and how runs share days."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import dagster as dg

from ingest import clock

# A daily partition ends with its day, but a refresh is about today. Dagster counts by the machine's clock, so a clock
# set ahead by ATLAS_NOW needs the days between as well.
AHEAD_DAYS = max((clock.today() - datetime.now(UTC).date()).days, 0)
# Sources and `landed` share one policy: Dagster joins only assets of the same policy into one run. A run of a year
# shows where it stands and loses little when it is killed; the steps of a run cost the same for a day.
DAYS_PER_RUN = 366
BACKFILL_POLICY = dg.BackfillPolicy.multi_run(max_partitions_per_run=DAYS_PER_RUN)
DAYS = dg.DailyPartitionsDefinition(start_date=str(clock.FIRST_DAY), end_offset=1 + AHEAD_DAYS)


def chunks(days: Sequence[date]) -> list[Sequence[date]]:
    """Return days in a row as the runs Dagster would make of them."""
    return [days[start : start + DAYS_PER_RUN] for start in range(0, len(days), DAYS_PER_RUN)]
