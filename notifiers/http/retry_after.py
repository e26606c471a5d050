"""The header Retry-After in both its forms, RFC 9110 section 10.2.3: seconds, or a date. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_LONGEST = timedelta(days=1)  # a broken number must not silence a channel for ever


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """headers: names in small letters. None when it is not there or cannot be read.

    A date is by the clock of who sent it: counted from their `Date` where there is one, else from `now`.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return min(timedelta(seconds=int(text[:9])), _LONGEST)
    until = _moment(text)
    if until is None:
        return None
    return min(max(until - (_moment(headers.get("date", "")) or now), timedelta(0)), _LONGEST)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
