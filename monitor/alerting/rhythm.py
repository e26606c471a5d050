"""Moments by the clock on the wall: when a digest goes out, and how long quiet hours last. Pure.

Everything is reckoned in local time and given in UTC. On the two nights when clocks change nothing is skipped and
nothing comes twice: a time that the clock leaves out is as much later, one that it shows twice is the first.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EXAMPLES = "`hourly`, `daily 08:00`, `mon-fri 08:00` or `mon 08:00`"
HOURS = "`20:00-07:00`"
_RHYTHM = re.compile(r"(?:(daily)|([a-z]{3})(?:-([a-z]{3}))?)\s+([0-9]{1,2}:[0-9]{2})", re.ASCII)
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})", re.ASCII)
_DAY = timedelta(days=1)


class WrongRhythm(ValueError):
    """A text that is no rhythm, or no hours."""


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """Every hour, or a time of day on some days of the week."""

    at: time | None  # None: every full hour
    days: tuple[int, ...] = tuple(range(7))  # 0 is Monday

    @classmethod
    def parse(cls, text: str) -> Rhythm:
        """`hourly`, `daily 08:00`, `mon 08:00`, `mon-fri 08:00`. Raises WrongRhythm."""
        words = " ".join(text.lower().split())
        if words == "hourly":
            return cls(at=None)
        found = _RHYTHM.fullmatch(words)
        if found is None:
            raise WrongRhythm(text)
        return cls(at=_clock(found[4]), days=tuple(range(7)) if found[1] else _days(found[2], found[3]))

    @property
    def name(self) -> str:
        """As one calls what comes in it: `Hourly`, `Daily`, `Weekly`."""
        if self.at is None:
            return "Hourly"
        return "Weekly" if len(self.days) == 1 else "Daily"

    def next_after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The first moment of it after a given one. Both are aware UTC."""
        if self.at is None:
            return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        day = moment.astimezone(zone).date() - _DAY
        while True:  # a week has one of its days
            if day.weekday() in self.days:
                coming = _instant(day, self.at, zone)
                if coming > moment:
                    return coming
            day += _DAY


class Quiet(msgspec.Struct, frozen=True, kw_only=True):
    """Hours of each day, and whole days, in which only what is critical rings."""

    begin: time | None = None
    end: time | None = None
    days: tuple[int, ...] = ()  # 0 is Monday; never all seven

    @classmethod
    def parse(cls, hours: str | None, days: tuple[str, ...] = ()) -> Quiet:
        """hours: `20:00-07:00`. Raises WrongRhythm."""
        quiet = tuple(DAYS.index(day) for day in days)
        if hours is None:
            return cls(days=quiet)
        begin, dash, end = (part.strip() for part in hours.partition("-"))
        if not dash or _clock(begin) == _clock(end):
            raise WrongRhythm(hours)
        return cls(begin=_clock(begin), end=_clock(end), days=quiet)

    def ends(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet that this moment falls into is over; None when it falls into none."""
        over = moment
        for _ in range(16):  # a night, a weekend, a night: each step leaves one of them
            local = over.astimezone(zone)
            if local.weekday() in self.days:
                over = Rhythm(at=time()).next_after(over, zone)
            elif self._holds(local.time()):
                over = self._next_end(over, local.date(), zone)
            else:
                break
        return over if over > moment else None

    def _next_end(self, moment: datetime, day: date, zone: ZoneInfo) -> datetime:
        """Of an hour that the clock shows twice, both ends count: from the second on it is quiet but for that hour."""
        assert self.end is not None
        ends = [
            _instant(on, self.end.replace(fold=fold), zone) for on in (day, day + _DAY) for fold in (0, 1)
        ]
        return min(end for end in ends if end > moment)

    def _holds(self, clock: time) -> bool:
        if self.begin is None or self.end is None:
            return False
        if self.begin < self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _clock(text: str) -> time:
    found = _CLOCK.fullmatch(text)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise WrongRhythm(text)
    return time(int(found[1]), int(found[2]))


def _days(first: str, last: str | None) -> tuple[int, ...]:
    if first not in DAYS or (last is not None and last not in DAYS):
        raise WrongRhythm(first)
    begin = DAYS.index(first)
    if last is None:
        return (begin,)
    count = (DAYS.index(last) - begin) % 7 + 1
    return tuple(sorted((begin + at) % 7 for at in range(count)))
