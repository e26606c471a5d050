"""The daily look: states that time makes are entered and left, and told of, though no record changed.

What is due is one query over an index, however much is watched, so that it may be asked at every tick; days that were
missed are caught up by the same query. A trial that nobody watches now turns silently.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
from sqlite_utils import Database

from monitor.polling import untold
from monitor.registries.base import Registry
from snapshots.database import immediate
from snapshots.deadlines import turning
from snapshots.errors import SnapshotsError

if TYPE_CHECKING:
    from monitor.alerting.router import Router
    from monitor.polling.booking import Booking
    from snapshots.query import Reader
    from snapshots.store import Store

AT_ONCE = 50  # trials looked at in one transaction


class Looked(msgspec.Struct, kw_only=True):
    """What a look found."""

    trials: int = 0  # of which something turned
    # Ids of what was told or could have been, in order.
    events: list[str] = msgspec.field(default_factory=list)
    notices: list[str] = msgspec.field(default_factory=list)  # of polls, which nobody was told yet
    # One line each; these trials are looked at again tomorrow.
    problems: list[str] = msgspec.field(default_factory=list)


class Look:
    """One look at everything that is due. Needs the lease, as a poll does: what it finds is told."""

    def __init__(
        self,
        db: Database,
        registries: Mapping[str, Registry],
        *,
        router: Router,
        now: datetime,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        """stopping: asked between two transactions; what is not done then is due the next time."""
        self._db = db
        self._day = now.astimezone(UTC).date()
        self._stopping = stopping
        self._registries = registries
        self._router = router
        self._now = now
        self._looked = Looked()

    @cached_property
    def _bookings(self) -> dict[str, Booking]:
        from monitor.polling.booking import Booking

        day = self._now.astimezone(UTC).date().isoformat()
        return {
            name: Booking(self._db, registry, build=day, now=self._now)
            for name, registry in self._registries.items()
        }

    @cached_property
    def _store(self) -> Store:
        from snapshots.store import Store

        return Store(self._db)

    @cached_property
    def _reader(self) -> Reader:
        from snapshots.query import Reader

        return Reader(self._db)

    def run(self) -> Looked:
        if turning.due(self._db, self._day, limit=1):
            self._turn(self._no_later(self._day))
            self._looked.events = [event for booking in self._bookings.values() for event in booking.events]
        for name in self._registries:
            if untold.waits(self._db, name):  # of a look or a poll that was killed, too
                self._looked.notices += untold.settle(self._db, name, self._router, now=self._now)
        return self._looked

    def _turn(self, day: date) -> None:
        """All that is due up to a day, which may lie before the clock's."""
        asked, self._day = self._day, day
        while not self._stopping() and turning.due(self._db, day, limit=1):
            with immediate(self._db):
                for one in turning.due(self._db, day, limit=AT_ONCE):
                    self._one(one)
        if day < asked and turning.due(self._db, asked, limit=1):
            self._looked.problems.append(
                f"the clock says {asked} and the newest data build is of {day - turning.PAST_BUILD}: what falls"
                f" due after {day} waits for a newer build, or for a clock that is right"
            )

    def _no_later(self, day: date) -> date:
        row = self._db.execute("select max(build) from poll").fetchone()
        return day if row[0] is None else turning.believed(day, row[0])

    def _one(self, one: turning.Due) -> None:
        from snapshots.deadlines import standing

        try:
            newest = self._store.newest(one.registry, one.trial)
            assert newest is not None and newest.ref.version is not None  # only snapshots have states
            record = self._reader.record(one.registry, one.trial, newest.ref.source, newest.ref.version)
        except SnapshotsError as error:
            turning.put_off(self._db, one.key, self._day)
            self._looked.problems.append(f"{one.trial}: its deadlines cannot be told: {error}")
            return
        entered = standing.settle(self._db, one.key, one.registry, record, day=self._day)
        self._looked.trials += 1
        if one.registry in self._bookings:
            self._bookings[one.registry].deadlines(one.trial, entered)
