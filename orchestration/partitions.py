"""The one partitions definition: every day from the first edition known on, today included."""

import dagster as dg

from ingest.clock import FIRST_DAY

# end_offset: a refresh is about today, which a daily partition would otherwise only get tomorrow.
DAYS = dg.DailyPartitionsDefinition(start_date=str(FIRST_DAY), end_offset=1)
