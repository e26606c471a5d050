"""When the next poll is due: read from what is stored, never from a scheduler's memory. Pure but for one reading.

A box that is restarted daily must still run a daily poll, and one that failed must try again soon, but not at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

FIRST_RETRY = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
GRACE = timedelta(minutes=15)  # a poll takes its time, and the machine may have been asleep
AHEAD = timedelta(hours=1)  # of now: what is dated later was written by a clock that was wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a registry's polls."""

    last_success: datetime | None  # began; its sweep was complete or quiet
    last_try: datetime | None
    failures: int  # since the last success
    new_watches: bool  # a watch that was never tried: it does not wait for the next round
    last_error: str | None = None
    not_before: datetime | None = None  # the registry wants to be left alone until then


def standing(db: Database, registry: str) -> Standing:
    """From the log of polls that were to see everything: one that a person asked for a trial says little."""
    success = db.execute(
        "select started_at, max(id) from poll where registry = ? and everything = 1"
        " and outcome in ('quiet', 'complete')",
        [registry],
    ).fetchone()
    tries = db.execute(
        "select started_at, max(id), count(*), (select max(not_before) from poll where registry = ?1 and id > ?2"
        " and outcome = 'incomplete' and everything = 1) from poll where registry = ?1 and id > ?2"
        " and outcome = 'incomplete' and everything = 1",
        [registry, success[1] or 0],
    ).fetchone()
    error = db.execute(
        "select error from poll where registry = ? and id > ? and everything = 1 and error is not null"
        " order by id desc limit 1",
        [registry, success[1] or 0],
    ).fetchone()
    fresh = db.execute(
        "select 1 from watch where registry = ? and removed_at is null and finished is null and tried_at is null",
        [registry],
    ).fetchone()
    return Standing(
        last_success=_moment(success[0]),
        last_try=_moment(tries[0]),
        failures=tries[2],
        new_watches=fresh is not None,
        last_error=error[0] if error else None,
        not_before=_moment(tries[3]),
    )


def next_poll(
    known: Standing, *, after: Callable[[datetime], datetime], every: timedelta, now: datetime
) -> datetime:
    """after: the schedule's next moment after a given one. every: its usual distance, to bound a retry's wait."""
    if known.new_watches and known.failures == 0:
        return now
    latest = known.last_success if known.failures == 0 else known.last_try
    if dated_ahead(latest, now):
        return now
    regular = now if known.last_success is None else after(known.last_success)
    if known.failures == 0 or known.last_try is None:
        return regular
    doublings = min(known.failures - 1, 12)
    pause: timedelta = min(FIRST_RETRY * (1 << doublings), every, LONGEST_PAUSE)
    alone = known.not_before or known.last_try
    if dated_ahead(alone, now + LONGEST_PAUSE):
        alone = known.last_try
    return max(known.last_try + pause, alone)


def is_overdue(
    known: Standing, *, after: Callable[[datetime], datetime], every: timedelta, now: datetime
) -> bool:
    """Whether the last success is further back than the schedule and grace allow."""
    return known.last_success is not None and after(known.last_success) + every + GRACE < now


def dated_ahead(moment: datetime | None, now: datetime) -> bool:
    """Whether a stored time lies so far ahead that the clock, when it was written, was wrong, or is now."""
    return moment is not None and moment > now + AHEAD


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
