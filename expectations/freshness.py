"""How old the content is: the time rows are about, not the time a file was fetched."""

from datetime import date

import polars as pl

from expectations.results import Check
from ingest.declaration import Declaration


def content_period(declaration: Declaration, frame: pl.DataFrame, known_at: date) -> tuple[date | None, date | None]:
    """Return the first and the last day a frame is about; None where no row tells.

    A year stands for its days from 1 January to 31 December. Without a period column, content is as old
    as the day it was published.
    """
    column = declaration.freshness.period_column if declaration.freshness else None
    if column is None:
        return known_at, known_at
    values = frame[column].drop_nulls()
    if declaration.is_window:
        # A date to come proves nothing, and must not make an old list look young.
        values = values.filter(values <= known_at)
    if values.is_empty():
        return None, None
    if values.dtype == pl.Date:
        first, last = values.sort()[0], values.sort()[-1]
        return first, last
    years = values.cast(pl.Int64).sort()
    return date(years[0], 1, 1), date(years[-1], 12, 31)


def check_freshness(declaration: Declaration, period_max: date | None, known_at: date, today: date) -> Check:
    """Warn where the newest content is older than declared. Asked daily, of an unchanged vintage too."""
    bound = declaration.freshness
    if bound is None:
        return Check("content_age", "freshness", "warn", True, 0, 1, "expected: nothing, no age is declared")
    newest = period_max if bound.period_column else known_at
    expected = f"expected: content no older than {bound.max_age_days} days on {today}"
    todo = "to do: look for a newer edition; if the publisher ended the source, look for another."
    if newest is None:
        detail = f"{expected}; came: no row tells its time; {todo}"
        return Check("content_age", "freshness", "warn", False, 1, 1, detail)
    age = (today - newest).days
    if age <= bound.max_age_days:
        return Check("content_age", "freshness", "warn", True, 0, 1, f"{expected}; newest content is of {newest}")
    detail = f"{expected}; came: {newest}, {age} days old; {todo}"
    sample = [{"newest_content": newest.isoformat(), "age_days": age}]
    return Check("content_age", "freshness", "warn", False, 1, 1, detail, sample)
