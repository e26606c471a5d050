"""The service: when to poll and send, and how to stop. The only home of APScheduler.

The scheduler only ticks. What is due is read from the database at each tick, so a restart, a missed night or a
new watch need no memory of it. Each notifier has a job of its own: one that hangs delays no other.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MISSED,
    EVENT_JOB_SUBMITTED,
    JobEvent,
)
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from monitor import due, watches
from monitor.config.settings import Schedule
from monitor.diagnosis import Look
from monitor.lease import holder
from monitor.logs import log
from monitor.operating import conditions

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.operating.conditions import Condition

TICK = 1.0  # seconds between two looks at what is due
ATTEND = 15  # ticks between two looks at how the watching goes
LONG = timedelta(minutes=15)  # that a job other than a poll, which has a patience of its own, may be at work
RETENTION_EVERY = timedelta(days=1)
USUAL = timedelta(hours=1)  # a cron schedule's distance between polls, to bound a retry's wait


class Moments:
    """When a schedule says that the next poll is due."""

    def __init__(self, schedule: Schedule) -> None:
        self.every = schedule.every or USUAL
        self._cron = (
            CronTrigger.from_crontab(schedule.cron, timezone=ZoneInfo(schedule.timezone))
            if schedule.cron
            else None
        )

    def after(self, moment: datetime) -> datetime:
        """The first moment after a given one."""
        if self._cron is None:
            return moment + self.every
        following: datetime | None = self._cron.get_next_fire_time(moment, moment + timedelta(microseconds=1))
        assert following is not None  # a crontab has no end
        return following.astimezone(UTC)


class Service:
    """Runs an app until `stop`. Holds no lease and reads no signal: that is the command's."""

    def __init__(self, app: App, *, tick: float = TICK) -> None:
        self.app = app
        self._tick = tick
        self._moments = Moments(app.config.schedule)
        self._failed_jobs: dict[str, str] = {}
        self._retained_at: datetime | None = None
        self._looked_at: datetime | None = None  # the last time that the poll job came to its end
        self._at_work: dict[str, datetime] = {}
        self._ending = threading.Event()
        self._desk = app.open_desk() if app.open_desk is not None else None
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(6 + len(app.notifiers))},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._scheduler.add_listener(
            self._note, EVENT_JOB_SUBMITTED | EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_EXECUTED
        )
        app.lookout.conditions.append(self.conditions)

    def start(self) -> None:
        """Begin to tick. The first look at what is due happens at once."""
        self._every(self._tick, self.poll_if_due, "poll")
        self._every(self._tick / 2, self._serve_requests, "requests")
        self._every(self._tick, self._backfill, "backfill")
        for name in self.app.notifiers:
            self._every(self._tick, self._deliver, "deliver", name)
        self._every(self._tick * 60, self.retain_if_due, "retention")
        self._every(self._tick * ATTEND, self._tell_operator, "operator")
        if self.app.lookout.pings:
            self._every(self._tick, self.ping_if_due, "ping")
        if self._desk is not None:
            self._desk.start()
            self._every(self._tick / 2, self._desk.work, "acting")
            self._every(self._tick / 2, self._desk.tell, "acting-told")
        self._scheduler.start()

    def stop(self, *, at_once: bool = True) -> None:
        """Finish what is being written, begin nothing more. Returns when every job has ended.

        at_once: end waits and requests under way too; else let a running poll come to its end, and a backfill its
        request.
        """
        self._ending.set()
        if self._desk is not None:
            self._desk.hang_up()
        if at_once:
            self.app.stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        if self._desk is not None:
            self._desk.close()

    def poll_if_due(self) -> bool:
        """Poll when a registry's time has come; then let what time makes come to pass, data build or not."""
        self.app.reconcile()
        due = any(self.next_poll(name) <= self.app.clock() for name in self.app.registries)
        if due:
            self.app.poll()
        self.app.look()
        self.app.index()
        return due

    def retain_if_due(self) -> bool:
        """Once a day, and soon after a start: a restart costs a look more, and forgets no day. A span that is new is
        waited with."""
        now = self.app.clock()
        if self._retained_at is not None and now - self._retained_at < RETENTION_EVERY:
            return False
        gone = self.app.retain()
        if gone is not None and gone.whole:
            self._retained_at = now
        return gone is not None

    def next_poll(self, registry: str) -> datetime:
        return due.next_poll(
            due.standing(self.app.db, registry),
            after=self._moments.after,
            every=self._moments.every,
            now=self.app.clock(),
        )

    def problems(self) -> list[str]:
        """Jobs that failed or do not come to their end, and connections that do not come about, for health."""
        return [one.text for one in self._jobs() + self._connections()]

    def conditions(self) -> list[Condition]:
        """What stands that only the service knows: such jobs, connections, and polls that nobody makes though it is
        time."""
        return (
            self._jobs()
            + self._connections()
            + [
                conditions.overdue(registry, since)
                for registry, since in self._overdue()
                if since is not None
            ]
        )

    def _connections(self) -> list[Condition]:
        troubles = self._desk.troubles() if self._desk is not None else []
        return [conditions.cut_off(name, text) for name, text in troubles]

    def _jobs(self) -> list[Condition]:
        stuck = [
            conditions.job(name, lost) for name, one in self.app.patience.items() if (lost := one.lost())
        ]
        stuck += [
            conditions.job(job, f"at work since {since:%H:%M} UTC without an end")
            for job, since in sorted(self._at_work.items())
            if job != "poll" and self.app.clock() - since > LONG
        ]
        return [conditions.job(job, what) for job, what in list(self._failed_jobs.items())] + stuck

    def _overdue(self) -> list[tuple[str, datetime | None]]:
        """Registries of which no poll was made, though the last said when, and the moment of the last. One that is
        under way and gets on is none of them, however long it takes."""
        now = self.app.clock()
        found = []
        for name in watches.registries(self.app.db):
            known = due.standing(self.app.db, name)
            patience = self.app.patience.get(name)
            if patience is not None and patience.at_work:
                continue
            next_poll = due.next_poll(known, after=self._moments.after, every=self._moments.every, now=now)
            if next_poll + self._moments.every + due.GRACE < now:
                found.append((name, known.last_try if known.failures else known.last_success))
        return found

    def lives(self) -> bool:
        """Whether all that must live does: this process holds the lease, its jobs run and end, and polls succeed as the
        schedule says. What tells nobody anything, as a channel that refuses us, is not asked for."""
        now = self.app.clock()
        ours = holder(self.app.config.store.path)
        if self._ending.is_set() or ours is None or ours.pid != os.getpid() or self._jobs():
            return False
        at_work = self._at_work.get("poll")
        if at_work is None and (self._looked_at is None or now - self._looked_at > LONG):
            return False  # it does not tick
        for name in watches.registries(self.app.db):
            known = due.standing(self.app.db, name)
            patience = self.app.patience.get(name)
            if known.last_success is None and (known.failures or (at_work is None)):
                return False
            gets_on = not known.failures and patience is not None and patience.at_work
            if not gets_on and due.is_overdue(
                known, after=self._moments.after, every=self._moments.every, now=now
            ):
                return False
        return True

    def _tell_operator(self) -> None:
        self.app.lookout.attend()
        self.app.lookout.say_all_well()

    def ping_if_due(self) -> bool:
        return self.app.lookout.ping_if_due(self.lives)

    def look(self) -> Look:
        """How to tell how this service is. Any thread may ask."""
        return Look.by(self.app.config, lease=None, troubles=self.problems())

    def _serve_requests(self) -> None:
        self.app.serve_requests()

    def _backfill(self) -> None:
        self.app.backfill(more=lambda: not self._ending.is_set())

    def _deliver(self, name: str) -> None:
        self.app.deliver(name, more=lambda: False)  # the next tick goes on

    def _every(self, seconds: float, job: Callable[..., object], name: str, *arguments: str) -> None:
        self._scheduler.add_job(
            job,
            IntervalTrigger(seconds=seconds, timezone=UTC),
            args=arguments,
            id=":".join((name, *arguments)),
            next_run_time=datetime.now(UTC),
        )

    def _note(self, event: JobEvent) -> None:
        if event.code == EVENT_JOB_SUBMITTED:
            self._at_work[event.job_id] = self.app.clock()
        else:
            self._at_work.pop(event.job_id, None)
        if event.code == EVENT_JOB_ERROR:
            self._failed_jobs[event.job_id] = f"{type(event.exception).__name__}: {event.exception}"
            log.error("job failed", job=event.job_id, error=str(event.exception))
        elif event.code == EVENT_JOB_EXECUTED:
            if event.job_id == "poll":
                self._looked_at = self.app.clock()
            self._failed_jobs.pop(event.job_id, None)
        elif event.code == EVENT_JOB_MISSED:
            log.warning("job missed", job=event.job_id)
        # A tick that finds the last one still at work is no news: a poll may take longer than a tick.
