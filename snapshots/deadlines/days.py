"""Dates of a record as deadlines count them: a partial one is its last possible day. Pure."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from snapshots.dates import partial
from snapshots.reaching import struct

_LAST_YEAR = 9900  # a later one is no date that anybody meant, and leaves no room to count from it
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """One date of a record."""

    first: date  # the first day that it can be
    day: date  # the last: what every deadline counts from
    estimated: bool  # the record says so

    @property
    def assumed(self) -> bool:
        """Known to the month or the year only."""
        return self.first != self.day

    def __str__(self) -> str:
        """`3 August 2025 (estimated)`, `August 2025 (taken as its last day)`."""
        return _written(self.first, self.day, self.estimated)


def dated(text: Any, *, estimated: bool = False) -> Dated | None:
    """A date as the registry writes it; None for what is none."""
    return _dated(text, estimated) if isinstance(text, str) else None


@lru_cache(maxsize=4096)  # a sweep meets the same days over and over
def _dated(text: str, estimated: bool) -> Dated | None:
    found = partial(text)
    if found is None or found.year > _LAST_YEAR:
        return None
    return Dated(first=found.first, day=found.last, estimated=estimated)


def dated_struct(value: Any) -> Dated | None:
    """Of `{"date": "2026-10", "type": "ESTIMATED"}`."""
    given = struct(value)
    return dated(given.get("date"), estimated=given.get("type") == "ESTIMATED")


@lru_cache(maxsize=4096)
def _written(first: date, last: date, estimated: bool) -> str:
    words = in_words(last)
    if first != last:
        words = words.split(" ", 2 if (last - first).days > 31 else 1)[-1]
    notes = ["estimated"] * estimated + ["taken as its last day"] * (first != last)
    return f"{words} ({'; '.join(notes)})" if notes else words


@lru_cache(maxsize=4096)
def later(day: date, *, months: int) -> date:
    """The same day of a later month; its last day where there is no such day.

    A year after 29 February is 28 February: 42 CFR 11.44 says "1 year after" and no more, and a date within the month
    is the stricter reading. Nothing is called overdue for thirty days from there.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def in_words(day: date) -> str:
    """`3 August 2025`, whatever the machine's language."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
