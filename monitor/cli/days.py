"""A day as people name it: `2026-01-31`, `2026-01` (its last day, or today while the month lasts), `today`."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from monitor.cli.errors import UseError

_DAY = re.compile(r"\d{4}-\d{2}(-\d{2})?", re.ASCII)
LAST_YEAR = 9900  # dates count on from it


def names_day(text: str) -> bool:
    """Whether it is meant as a day, if perhaps of no calendar."""
    return text == "today" or _DAY.fullmatch(text) is not None


def day_of(text: str, *, now: datetime) -> date:
    """UseError when there is no such day."""
    today = now.astimezone(UTC).date()
    if text == "today":
        return today
    try:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        first = date.fromisoformat(text if len(text) > 7 else f"{text}-01")
        if first.year > LAST_YEAR:
            raise ValueError(text)
    except ValueError:
        raise UseError(
            f"no such day: `{text}`", hint="write it as 2026-01-31, 2026-01 (its last day) or today"
        ) from None
    if len(text) > 7:
        return first
    last = first + timedelta(days=monthrange(first.year, first.month)[1] - 1)
    return today if first <= today < last else last
