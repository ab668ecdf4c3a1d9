"""The one partitions definition: every day from the first edition known on, today included."""

from datetime import UTC, datetime

import dagster as dg

from ingest import clock

# A daily partition ends with its day, but a refresh is about today. Dagster counts by the machine's clock, so a clock
# set ahead by ATLAS_NOW needs the days between as well.
AHEAD_DAYS = max((clock.today() - datetime.now(UTC).date()).days, 0)
DAYS = dg.DailyPartitionsDefinition(start_date=str(clock.FIRST_DAY), end_offset=1 + AHEAD_DAYS)
