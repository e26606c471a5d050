"""Since when something is new to a reader: by a cookie of their browser, or by the address. Pure but for `newest_of`.

The cookie holds four numbers: the newest event of the visit before and when that was, the newest one shown since and
when. Who looks again within half an hour is still on the same visit, so that a reload loses nothing of what was new.
It is named for the database: on one machine the cookies of all ports are shared, and another's numbers mean nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote, urlsplit

from sqlite_utils import Database

from monitor.web.answers import BadQuestion
from snapshots.instants import bound

VISIT = timedelta(minutes=30)  # without a look, after which a visit is over
KEPT = timedelta(days=400)  # longer than that no browser keeps a cookie
_SPAN = re.compile(r"([1-9][0-9]{0,3})([hdw])", re.ASCII)  # at most some 190 years
_UNITS = {"h": (1, "hour"), "d": (24, "day"), "w": (168, "week")}
ABOUT = 10_000  # events: within so many, the order of storing is that of time
_COOKIE = re.compile(r"([0-9]{1,18})-([0-9]{1,11})-([0-9]{1,18})-([0-9]{1,11})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What has a higher number is new. at: when the reader looked, aware UTC; None where only the number is known."""

    number: int
    at: datetime | None = None
    day: date | None = None  # where a day was asked for
    span: str = ""  # where so long before now was, as `7d`
    words: str = ""  # the same, as `the last 7 days`

    @property
    def asked(self) -> str:
        """As an address has it. A span stays one: a saved address moves on with the days."""
        return self.span or str(self.day or self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a browser tells, and is told, of a reader's looks."""

    since: Since  # the visit before
    newest: int  # number of the newest event shown on this one
    at: datetime  # the last look of this one, aware UTC

    @property
    def text(self) -> str:
        assert self.since.at is not None
        return f"{self.since.number}-{_seconds(self.since.at)}-{self.newest}-{_seconds(self.at)}"


def visit_of(cookie: str | None, *, newest: int, now: datetime) -> Visit | None:
    """The visit that a look now belongs to; None when nothing is known of one before.

    newest: number of the newest event there is. A cookie that knows a newer one is of another database.
    """
    found = None if cookie is None else _COOKIE.fullmatch(cookie)
    if found is None or int(found[3]) > newest or int(found[1]) > int(found[3]):
        return None
    before = Since(number=int(found[1]), at=datetime.fromtimestamp(int(found[2]), UTC))
    last = datetime.fromtimestamp(int(found[4]), UTC)
    if now - last > VISIT:
        before = Since(number=int(found[3]), at=last)
    return Visit(since=before, newest=newest, at=now)


def first_visit(*, newest: int, now: datetime) -> Visit:
    """What is told a browser that nothing is known of."""
    return Visit(since=Since(number=newest, at=now), newest=newest, at=now)


def name_of(began: datetime) -> str:
    """The cookie's name. began: when the database was made."""
    return f"looked-{_seconds(began):x}"


def set_cookie(name: str, visit: Visit, *, root: str) -> str:
    """The header's value. root: the whole address of our pages."""
    parts = urlsplit(root)
    secure = "; Secure" if parts.scheme == "https" else ""
    path = quote(parts.path, safe="/%") or "/"
    kept = int(KEPT.total_seconds())
    return f"{name}={visit.text}; Path={path}; Max-Age={kept}; HttpOnly; SameSite=Lax{secure}"


def newest_of(db: Database) -> int:
    """Number of the newest event; 0 when there is none."""
    return int(db.execute("select coalesce(max(sequence), 0) from event").fetchone()[0])


def asked_since(db: Database, text: str, *, now: datetime) -> Since | None:
    """`?since=`: the number of an event, after which something is new; a day, from whose beginning (UTC); or how long
    before now, as `7d`.
    """
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 19:
        return Since(number=int(text))
    if found := _SPAN.fullmatch(text):
        count, (hours, unit) = int(found[1]), _UNITS[found[2]]
        words = f"the last {f'{count} {unit}s' if count > 1 else unit}"
        number = _last_before(db, now - timedelta(hours=hours) * count)
        return Since(number=number, span=f"{count}{found[2]}", words=words)
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise BadQuestion(
            f"`since` is the number of an event, a day, or how long before now: `{text[:60]}`",
            hint="A day is written 2026-01-31; the last week is `7d`, the last 12 hours are `12h`.",
        )
    return Since(number=_last_before(db, datetime(day.year, day.month, day.day, tzinfo=UTC)), day=day)


def _last_before(db: Database, at: datetime) -> int:
    """Number of the last event before a moment."""
    # Events are stored about in the order of their times: the first of all is among the first by these.
    first = db.execute(
        "select min(sequence) from (select sequence from event indexed by event_at where at >= ? order by at limit ?)",
        [bound(at), ABOUT],
    )
    number = first.fetchone()[0]
    return newest_of(db) if number is None else number - 1


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
