"""Backfill: the past of trials from the registry's record history, one request at a time.

Each step asks one thing, stores the answer with how far the trial has come, and leaves everything whole: it may be
the last. What fails over one trial sets that trial aside; a registry that is down pauses them all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.logs import log
from monitor.past import backlog
from monitor.past.archive import Archive, Archived
from monitor.past.backlog import Job
from monitor.past.planned import Planned, plan
from monitor.registries.base import (
    ArchiveEntry,
    NoHistory,
    Registry,
    RegistryError,
    Stopped,
    Unreachable,
)
from monitor.retention import kept_from
from snapshots.database import immediate
from snapshots.errors import DatabaseHeld, SnapshotsError

PAUSE = timedelta(minutes=15)  # for a registry that is down, unless it says how long
LONGEST_PAUSE = timedelta(hours=6)
MOST_FAILURES = 5  # trials in a row, while the registry answers else: its history is down


class Paused(Exception):
    """Nothing can be had for now. What is stored stays, and the next step goes on from there."""

    def __init__(self, reason: str, *, until: datetime) -> None:
        super().__init__(reason)
        self.until = until
        self.hint = (
            "what came is stored: the same command goes on from there, and a running service by itself"
        )


class Backfill:
    """Works on what waits for one registry. Its holder has the lease, and lets nobody poll meanwhile."""

    def __init__(
        self,
        db: Database,
        registry: Registry,
        *,
        clock: Callable[[], datetime],
        keep_for: timedelta | None = None,
    ) -> None:
        """keep_for: retention's span; what it would take at once is not brought."""
        self._db = db
        self._registry = registry
        self._clock = clock
        self._keep_for = keep_for
        self._archive = Archive(db, registry)
        self._last: tuple[int, Archived] | None = None  # (job, the version before the one that is next)

    def step(self) -> bool:
        """One request's worth; False when nothing waits. Raises Paused, and Stopped when the process is to end."""
        job = backlog.following(self._db, self._registry.name)
        if job is None:
            return False
        try:
            if job.plan is None:
                self._learn(job)
            else:
                self._bring(job, job.plan)
        except (Stopped, sqlite3.Error, DatabaseHeld):
            raise
        except RegistryError as error:
            self._failed(job, error)
        except SnapshotsError as error:
            self._set_aside(job, str(error))
        except Exception as error:  # noqa: BLE001 - a defect over one trial holds up no other
            log.error("defect", registry=self._registry.name, trial=job.trial, exc_info=error)
            self._set_aside(job, f"a defect of trialbell's own: {type(error).__name__}: {error}")
        return True

    def _learn(self, job: Job) -> None:
        entries = self._registry.history(job.trial)
        stored, booked = self._archive.held(job.trial)
        kept = kept_from(self._keep_for, now=self._clock())
        planned, place = plan(entries, job.bounds, stored=stored, booked=booked, kept_from=kept)
        missing = sum(one.number not in stored for one in planned)
        with immediate(self._db):
            backlog.learn(
                self._db,
                job,
                planned,
                place,
                missing=missing,
                versions=len(entries),
                now=self._clock(),
            )
            backlog.succeeded(self._db, self._registry.name)

    def _bring(self, job: Job, planned: tuple[Planned, ...]) -> None:
        now = self._clock()
        one = planned[job.place]
        before = self._before(job, planned, now) if one.follows else None
        version = self._archive.version(job.trial, _entry(one), now=now)
        event = self._archive.change(job.trial, before, version, now=now)
        with immediate(self._db):
            changed = self._archive.write(job.trial, version, event)
            backlog.forward(self._db, job, stored=version.new, changed=changed, now=now)
            backlog.succeeded(self._db, self._registry.name)
        self._last = (job.row, version)
        if job.place + 1 == len(planned):
            log.info("past brought", registry=self._registry.name, trial=job.trial, versions=len(planned))

    def _before(self, job: Job, planned: tuple[Planned, ...], now: datetime) -> Archived:
        """The version before, which is stored; as a rule it was in hand a moment ago."""
        number = planned[job.place - 1].number
        if self._last is not None and self._last[0] == job.row and self._last[1].ref.version == number:
            return self._last[1]
        return self._archive.version(job.trial, _entry(planned[job.place - 1]), now=now)

    def _failed(self, job: Job, error: RegistryError) -> None:
        """This trial's trouble, or everybody's? The registry's data build tells: it is the smallest question."""
        if isinstance(error, NoHistory):
            self._set_aside(job, str(error))
            return
        wanted = error.retry_after if isinstance(error, Unreachable) else None
        if wanted is not None and wanted > PAUSE:
            self._pause(str(error), wanted)
        try:
            self._registry.build()
        except Stopped:
            raise
        except RegistryError as down:
            after = down.retry_after if isinstance(down, Unreachable) else None
            self._pause(str(down), after or PAUSE)
        self._set_aside(job, str(error), failed=True)

    def _set_aside(self, job: Job, reason: str, *, failed: bool = False) -> None:
        name = self._registry.name
        with immediate(self._db):
            backlog.set_aside(self._db, job, reason, now=self._clock(), passing=failed)
            failures = backlog.failed(self._db, name) if failed else 0
        log.warning("set aside", registry=name, trial=job.trial, problem=reason)
        if failures >= MOST_FAILURES:
            self._pause(f"{failures} trials in a row failed, the last: {reason}", PAUSE)

    def _pause(self, reason: str, pause: timedelta) -> None:
        until = self._clock() + min(pause, LONGEST_PAUSE)
        with immediate(self._db):
            backlog.trouble(self._db, self._registry.name, reason=reason, until=until)
        log.warning("backfill paused", registry=self._registry.name, problem=reason)
        raise Paused(reason, until=until)


def _entry(one: Planned) -> ArchiveEntry:
    return ArchiveEntry(number=one.number, submitted=one.submitted, status=None, modules=())
