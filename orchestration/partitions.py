"""The one partitions definition: every day from the first edition known on, today included."""

import dagster as dg

FIRST_DAY = "2023-05-25"
# end_offset: a refresh is about today, which a daily partition would otherwise only get tomorrow.
DAYS = dg.DailyPartitionsDefinition(start_date=FIRST_DAY, end_offset=1)
