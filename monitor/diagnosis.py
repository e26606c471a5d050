"""How the service is, read from the database: what `/healthz` and `trialbell status` answer.

Works from any process: a poller that died is noticed by what is overdue, not by asking it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from monitor import due, retention, watches
from monitor.config.settings import Config, Schedule
from monitor.health import (
    BackfillHealth,
    ConditionHealth,
    Health,
    HeldSweep,
    OutboxHealth,
    PingHealth,
    SweepHealth,
    WatchHealth,
)
from monitor.lease import holder
from monitor.operating import conditions, ping
from monitor.operating.conditions import first_line
from monitor.operating.known import known_conditions
from monitor.past import backlog
from monitor.polling import drift, held, under_way
from monitor.polling.pace import page_seconds
from notifiers import standing
from notifiers.outbox import Outbox
from snapshots.instants import stamp
from snapshots.query import OUTDATED_COUNTED
from snapshots.terms import many

POLL_NOW = "`trialbell check` polls once, `trialbell run` on schedule"
REASONS = 8  # told of trials whose past could not be had


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What it takes to tell how the service is, beside the database. Another process may do it."""

    schedule: Schedule
    requests_per_minute: int  # of the registry, as it is asked at most
    lease: Path | None  # of which database the lease says whether somebody polls; None: this service does
    troubles: tuple[str, ...] = ()  # that only the service knows, one line each

    @classmethod
    def by(cls, config: Config, *, lease: Path | None, troubles: Iterable[str] = ()) -> Look:
        return cls(
            schedule=config.schedule,
            requests_per_minute=config.registries.ctgov.requests_per_minute,
            lease=lease,
            troubles=tuple(troubles),
        )

    def health(self, db: Database, now: datetime, *, configured: Sequence[str] = ()) -> Health:
        """configured: names of the watches in the file, for one that no poll has taken up yet."""
        from monitor.schedule import Moments  # which draws the scheduler in

        moments = Moments(self.schedule)
        return health_of(
            db,
            after=moments.after,
            every=moments.every,
            now=now,
            polling=self.lease is None or holder(self.lease) is not None,
            extra=self.troubles,
            configured=configured,
            page_seconds=page_seconds(self.requests_per_minute),
        )


def health_of(
    db: Database,
    *,
    after: Callable[[datetime], datetime],
    every: timedelta,
    now: datetime,
    polling: bool,
    extra: tuple[str, ...] = (),
    configured: Sequence[str] = (),
    page_seconds: float = 0.0,
) -> Health:
    """after, every: the schedule's. polling: whether a process holds the lease. extra: its own troubles.

    configured: names of the watches in the file, for one that no poll has taken up yet. page_seconds: what a page takes
    at least, by the registry's rate.
    """
    problems = list(extra)
    lines: dict[tuple[conditions.Kind, str], str] = {}  # of the problems that are conditions
    hints: dict[str, str] = {}

    def stands(condition: conditions.Condition) -> None:
        problems.append(condition.text)
        lines[condition.key] = condition.text
        if condition.hint:
            hints[condition.text] = condition.hint

    listed = []
    notices: list[str] = []
    next_polls = []
    build = None
    active = watches.active(db)
    sweeps = _sweeps(db, page_seconds if polling else None)
    for registry in sorted({watch.registry for watch in active}):
        known = due.standing(db, registry)
        next_polls.append(due.next_poll(known, after=after, every=every, now=now))
        overdue = due.is_overdue(known, after=after, every=every, now=now)
        if known.failures and known.last_error:
            stands(conditions.failing(registry, failures=known.failures, error=known.last_error))
        elif overdue and known.last_success is not None:
            stands(conditions.overdue(registry, known.last_success))
        if known.last_success is not None and due.dated_ahead(known.last_success, now):
            problems.append(
                f"{registry}: the last good poll is dated {known.last_success:%Y-%m-%d %H:%M} UTC, which is yet to"
                " come: this machine's clock was wrong then, or is now"
            )
        beginning = any(one.registry == registry for one in sweeps) and (
            polling or _stopped_lately(db, registry, now - every - due.GRACE)
        )
        if known.last_success is None and not known.failures and not beginning:
            problems.append(f"{registry}: never polled")
            hints[problems[-1]] = POLL_NOW
        row = db.execute(
            "select build from poll where registry = ? and build is not null order by id desc limit 1",
            [registry],
        ).fetchone()
        build = row[0] if row and (build is None or row[0] > build) else build
        if row:
            notices += drift.lines(drift.of_build(db, registry, row[0]))
        for watch in active:
            if watch.registry == registry:
                listed.append(_watch(db, watch, known, overdue))
    fresh = [name for name in configured if name not in {watch.name for watch in active}]
    listed += [WatchHealth(name=name, last_success=None, build=None) for name in fresh]
    if fresh:
        problems.append(f"never polled: {', '.join(fresh)}")
        hints[problems[-1]] = POLL_NOW
    if not polling and any(watch.overdue for watch in listed):
        problems.append("no service is running: nothing polls or sends until `trialbell run` or `check`")
    if (wait := retention.waiting(db, now=now)) is not None and wait.versions:
        notices.append(wait.words)
    for one in held.standing(db):
        stands(conditions.held_sweep(one.row, str(one), since=now))
    unreached = [one for one in standing.unreached(db, now) if one.waiting]
    notices += [not_reached(one, now) for one in unreached]
    counts = Outbox(db).counts()
    others = standing.without_deliveries(db)
    total = {state: sum(by.get(state, 0) for by in counts.values()) for state in _STATES}
    for lost in standing.given_up(db):
        stands(conditions.given_up(lost.notifier, deliveries=lost.deliveries, messages=lost.messages))
    for channel in standing.paused(db):
        stands(conditions.refusing(channel.notifier, channel.reason, since=channel.since))
    pinged = ping.last(db)
    if pinged is not None and pinged.failing_since is not None:
        stands(conditions.unheard(pinged.error, since=pinged.failing_since))
    return Health(
        ok=not problems,
        problems=tuple(problems),
        hints=tuple(hints.items()),
        watches=tuple(listed),
        build=build,
        outbox=OutboxHealth(
            pending=total["waiting"] + total["queued"],
            sent=total["sent"],
            failed=total["failed"],
            dropped=total["dropped"],
            others_pending=others.get("waiting", 0),
            others_sent=others.get("sent", 0),
        ),
        held=tuple(
            HeldSweep(registry=one.registry, build=one.day, reason=str(one)) for one in held.standing(db)
        ),
        sweeps=sweeps,
        notices=tuple(notices),
        unreached=tuple(one.notifier for one in unreached),
        backfill=_backfill(db, "ctgov", now),
        conditions=tuple(
            ConditionHealth(
                kind=one.kind.value,
                subject=one.subject,
                text=one.text,
                since=one.began_at,
                told_at=one.told_at,
                clear_since=one.clear_since,
                problem=lines.get((one.kind, one.subject)),
            )
            for one in known_conditions(db)
        ),
        ping=None
        if pinged is None
        else PingHealth(
            heard_at=pinged.heard_at, failing_since=pinged.failing_since, error=pinged.error or None
        ),
        next_poll=min(next_polls) if next_polls and polling else None,
    )


_STATES = ("waiting", "queued", "sent", "failed", "dropped")


def not_reached(one: standing.Unreached, now: datetime) -> str:
    """`hook: 8 wait, the receiver was not reached (since 2026-11-29 02:30 UTC, next try 02:41)`."""
    tried = "next try by the service or the next `trialbell check`"
    if one.next_at > now:
        day = "" if one.next_at.date() == one.since.date() else f"{one.next_at:%Y-%m-%d} "
        tried = f"next try {day}{one.next_at:%H:%M}"
    wait = "waits" if one.waiting == 1 else "wait"
    return (
        f"{one.notifier}: {one.waiting} {wait}, {first_line(one.reason)}"
        f" (since {one.since:%Y-%m-%d %H:%M} UTC, {tried})"
    )


def _sweeps(db: Database, page: float | None) -> tuple[SweepHealth, ...]:
    """Those of more than one page. page: None where nobody polls."""
    return tuple(
        SweepHealth(
            registry=one.registry,
            kind=one.kind,
            arrived=one.arrived,
            total=one.total,
            seconds_left=None if page is None else one.left(page),
            words=one.words(page),
        )
        for one in under_way.paces(db)
        if one.total is not None and one.total > one.size
    )


def _stopped_lately(db: Database, registry: str, since: datetime) -> bool:
    """Whether a person stopped the last poll, and no other was due since."""
    row = db.execute(
        "select outcome, ended_at from poll where registry = ? order by id desc limit 1", [registry]
    ).fetchone()
    return row is not None and row[0] == "stopped" and row[1] >= (stamp(since) or "")


def _watch(db: Database, watch: watches.Watch, known: due.Standing, overdue: bool) -> WatchHealth:
    # A quiet poll says of every finished watch that it is as published; the sweep itself may be days old.
    finished = datetime.fromisoformat(watch.finished_at) if watch.finished_at else None
    last = max(finished, known.last_success) if finished and known.last_success else finished
    held_now = db.execute(
        "select ifnull(sum(trials), 0) from watch_status where watch = ?", [watch.row]
    ).fetchone()[0]
    return WatchHealth(
        name=watch.name,
        last_success=last,
        build=watch.finished,
        trials=held_now,
        overdue=overdue,
        problem=first_line(watch.error) if watch.error else None,
        unknown=tuple(
            row[0]
            for row in db.execute(
                "select trial from member indexed by member_absent where watch = ? and state = 'absent' order by trial",
                [watch.row],
            ).fetchall()
        ),
    )


def _backfill(db: Database, registry: str, now: datetime) -> BackfillHealth:
    standing = backlog.standing(db, registry)
    pause = backlog.paused(db, registry, now=now)
    return BackfillHealth(
        waiting=standing.waiting,
        requests=standing.requests,
        done=standing.done,
        aside=standing.aside,
        reasons=tuple((one.trial, one.reason or "") for one in backlog.asides(db, registry, limit=REASONS)),
        paused=f"until {pause[0]:%Y-%m-%d %H:%M} UTC: {first_line(pause[1])}" if pause else None,
    )


def read_by_older(count: int) -> str | None:
    """What to do about stored change sets of an older engine; None when there are none."""
    if not count:
        return None
    words = f"{many(count, 'change set')} {'was' if count == 1 else 'were'}"
    if count >= OUTDATED_COUNTED:
        words = f"{OUTDATED_COUNTED:,} change sets and more were"
    return f"{words} read by an older trialbell: `trialbell recompute` reads anew and tells nobody"
