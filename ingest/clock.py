"""The one clock. `ATLAS_NOW` (a date or an ISO time, UTC) sets it for tests and replays."""

import os
from datetime import UTC, date, datetime

from ingest.errors import UsageError

# Days before the first edition of any source are not asked about.
FIRST_DAY = date(2023, 5, 25)
LAST_DAY = date(2099, 12, 31)


def now() -> datetime:
    """Return the current moment, timezone-aware in UTC."""
    fixed = os.environ.get("ATLAS_NOW")
    if not fixed:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(fixed)
    except ValueError:
        raise UsageError(
            f"ATLAS_NOW must be a date or an ISO time such as 2026-11-22 or 2026-11-22T06:00; it is {fixed!r}."
        ) from None
    if not FIRST_DAY <= moment.date() <= LAST_DAY:
        raise UsageError(f"ATLAS_NOW must lie between {FIRST_DAY} and {LAST_DAY}; it is {fixed!r}.")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def today() -> date:
    """Return the current day in UTC."""
    return now().date()


def real_today() -> date:
    """Return the current day in UTC by the machine's clock, whatever ATLAS_NOW says."""
    return datetime.now(UTC).date()
