"""Partial dates as the registry gives them: `2026`, `2026-10` or `2026-10-31`. Pure."""

from __future__ import annotations

import calendar
import re
from datetime import date

import msgspec

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_FORM = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")


class Partial(msgspec.Struct, frozen=True):
    """A date known to the year, the month or the day."""

    text: str
    year: int
    month: int | None = None
    day: int | None = None

    @property
    def precision(self) -> int:
        """1 a year, 2 a month, 3 a day."""
        return 1 + (self.month is not None) + (self.day is not None)

    @property
    def last(self) -> date:
        """The last day that it can be: what every deadline counts from."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def first(self) -> date:
        return date(self.year, self.month or 1, self.day or 1)

    def coarse(self, precision: int) -> tuple[int, ...]:
        return tuple(part for part in (self.year, self.month, self.day)[:precision] if part is not None)


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """How far a date moved. `days` is positive when it moved later; `about` says that it is not known to the day."""

    days: int
    about: bool
    moved: bool  # False when both may be the same day: only the precision changed


def partial(text: object) -> Partial | None:
    """None for what is no date."""
    found = _FORM.match(text) if isinstance(text, str) else None
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    return Partial(found.string, year, month, day)


def in_words(text: str, *, brief: bool = False, year: bool = True) -> str:
    """`2026-11-20` → `20 November 2026`; brief: `20 Nov 2026`. What is no date stays as it is."""
    known = partial(text)
    if known is None or known.month is None:
        return text
    month = MONTHS[known.month - 1]
    parts = [
        str(known.day) if known.day else "",
        month[:3] if brief else month,
        str(known.year) if year else "",
    ]
    return " ".join(part for part in parts if part)


def shift(before: Partial, after: Partial) -> Shift:
    """Compared at the coarser precision; a move to another month counts as at least 30 days."""
    precision = min(before.precision, after.precision)
    moved = before.coarse(precision) != after.coarse(precision)
    if precision == 3:
        return Shift(days=(after.first - before.first).days, about=False, moved=moved)
    if not moved:
        return Shift(days=0, about=True, moved=False)
    days = (after.last - before.last).days
    least = 30 if days > 0 else -30
    return Shift(days=days if abs(days) >= 30 else least, about=True, moved=True)
