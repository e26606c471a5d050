"""The whole, put together: configuration, registries, store and notifiers behind a few verbs.

The one composition root. Tests and the demo start it in process with their own registries, notifiers and clock;
the service runs it on a schedule; `check` calls it once. Polling and sending need the lease.

What a poll that finds nothing new does not need is loaded by those who need it: on a small machine a poll an hour is
mostly imports.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import msgspec
from sqlite_utils import Database

from monitor import requests, watches
from monitor.alerting.router import Router
from monitor.alerting.telling import Teller, Told
from monitor.config import Config
from monitor.database import Connections
from monitor.deadlines import Look, Looked
from monitor.logs import log
from monitor.operating.lookout import Lookout
from monitor.polling import held, staging, untold
from monitor.polling.pace import SAID_EVERY, Pace, page_seconds
from monitor.polling.patience import Patience
from monitor.polling.poll import Poll
from monitor.polling.report import EVERYTHING, PollReport, Selection
from monitor.polling.turns import Turns
from monitor.registries.base import Registry, Stopped
from snapshots import search
from snapshots.database import immediate, settle_log
from snapshots.errors import DatabaseHeld, SnapshotsError
from snapshots.instants import stamp

if TYPE_CHECKING:
    from monitor.acting.desk import Desk
    from monitor.retention import Gone
    from notifiers.message import Message
    from notifiers.notifier import Notifier
    from notifiers.secret import Secret
    from notifiers.settings import Settings
    from snapshots.event import Event
    from snapshots.query import Reader

# Of a backfill's work, at a time: an end without which its job would look as if it hung.
AT_ONCE = 100  # requests
SLICE = timedelta(minutes=1)


class _Undone(Exception):
    pass


class App:
    """Values in, verbs out. Safe to use from several threads; polls run one at a time, so do deliveries to one
    notifier.

    stopping: set to end waits and requests under way; shared with the registries.
    """

    def __init__(
        self,
        config: Config,
        *,
        registries: Mapping[str, Registry],
        notifiers: Mapping[str, Notifier],
        settings: Mapping[str, Settings] | None = None,
        clock: Callable[[], datetime],
        random: Random | None = None,
        stopping: threading.Event | None = None,
        patience: Mapping[str, Patience] | None = None,
        pings: Mapping[str, Secret] | None = None,
    ) -> None:
        self.config = config
        self.registries = registries
        self.notifiers = notifiers
        self._settings = settings or {}
        self.clock = clock
        self.stopping = stopping or threading.Event()
        self.patience = patience or {}
        self._wait: Callable[[timedelta], bool] = lambda pause: not self.stopping.wait(pause.total_seconds())
        self._random = random or Random()
        self._connections = Connections(config.store.path)
        self.lookout = Lookout(
            config,
            db=self._connections.here,
            notifiers=notifiers,
            pings=pings or {},
            clock=clock,
            random=self._random,
            stopping=self.stopping,
        )
        self._turns = Turns()
        self._serving = threading.Lock()
        self._answers: dict[int, dict[str, Any]] = {}  # by request, until they are written
        self._not_told: list[str] = []  # of the last look, which takes place at every tick: said once
        self._sending = {name: threading.Lock() for name in notifiers}
        self._asked_for: list[tuple[str, str]] | None = None
        self._said_at: datetime | None = None  # how far a sweep has come
        self._removes_from: datetime | None = None  # the wait of retention that was said
        self.watching: Callable[[Pace], None] = self._say_now_and_then
        self.open_desk: Callable[[], Desk] | None = (
            None  # what hears people in Slack; None where nobody is heard
        )

    def wait_with(self, wait: Callable[[timedelta], bool]) -> None:
        """Let pauses between two posts pass in another way than by waiting: a scripted clock jumps over them."""
        self._wait = wait

    @property
    def db(self) -> Database:
        """This thread's connection."""
        return self._connections.here()

    def could_reconcile(self) -> None:
        """Raises WatchError where `reconcile` would. Changes nothing."""
        try:
            with immediate(self.db):
                self._reconcile()
                raise _Undone
        except _Undone:
            pass

    def reconcile(self) -> None:
        """Make the stored watches those of the configuration. Raises WatchError."""
        with immediate(self.db):
            self._reconcile()

    def _reconcile(self) -> None:
        if self._asked_for is None:  # hashed once: a service looks every second
            self._asked_for = sorted((watch.name, watch.definition_hash) for watch in self.config.watches)
        if watches.configured(self.db) == self._asked_for:
            return  # as at almost every poll: no list of ids need be read for it
        watches.reconcile(self.db, watches.wanted_of(self.config.watches), now=self.clock())

    def poll(self, selection: Selection = EVERYTHING) -> list[PollReport]:
        """One poll of each registry that is watched. One that breaks off says so in its report."""
        reports = []
        with self._turns.first():
            self.reconcile()
            watched = watches.registries(self.db)
            for name, registry in self.registries.items():
                if name in watched:
                    reports.append(self._poll(registry, selection))
            if any(report.versions for report in reports):
                settle_log(self.db)  # a reader that stayed long may have let it grow
        return reports

    def _poll(self, registry: Registry, selection: Selection) -> PollReport:
        began = self.clock()
        staging.clear(self.db)  # of sweeps that broke off, however many in a row
        for one in held.accepting(self.db, registry.name):
            try:
                self._accept_held(one.row)
            except Exception as error:  # noqa: BLE001 - one that cannot be booked holds up no poll
                log.error("not booked to the end", held=one.row, error=f"{type(error).__name__}: {error}")
        poll = Poll(
            self.db,
            registry,
            router=self.router(),
            history=self.config.registries.ctgov.history,
            clock=self.clock,
            patience=self.patience.get(registry.name),
            watching=self.watching,
        )
        try:
            report = poll.run(selection)
        except (SnapshotsError, sqlite3.Error):
            raise  # the store's trouble is everybody's
        except Exception as error:  # noqa: BLE001 - a defect over one registry skips no other
            log.error("poll broke off", registry=registry.name, exc_info=error)
            report = poll.report
        log.info(
            "polled",
            registry=registry.name,
            build=report.build,
            outcome=report.outcome,
            records=report.records,
            versions=report.versions,
            events=len(report.events),
            held=len(report.held),
            seconds=round((self.clock() - began).total_seconds(), 3),
        )
        if watches.first_look_owed(self.db):
            from monitor.alerting import first_look

            first_look.tell(self.db, self.config, now=self.clock(), random=self._random)
        if not report.quiet:
            from monitor.past import backlog

            if report.outcome == "complete":
                backlog.again(self.db, registry.name)
            if self.config.registries.ctgov.backfill:
                backlog.take_up(self.db, registry.name, now=self.clock())
        for line in report.problems:
            log.warning("not concluded", registry=registry.name, problem=line)
        for line in report.held:
            log.warning("held", registry=registry.name, notice=line)
        for line in report.notices:
            log.warning("drift", registry=registry.name, notice=line)
        return report

    def _say_now_and_then(self, pace: Pace) -> None:
        now = self.clock()
        if pace.total is None or pace.arrived >= pace.total or pace.pages == 1:
            self._said_at = now  # a sweep begins, or ends and says so
        elif self._said_at is None or now - self._said_at >= SAID_EVERY:
            self._said_at = now
            page = page_seconds(self.config.registries.ctgov.requests_per_minute)
            log.info("sweeping", registry=pace.registry, progress=pace.words(page))

    def backfill(self, *, more: Callable[[], bool] = lambda: True) -> None:
        """Bring the past that was asked for, a request a turn, as long as there is more to do and `more` says so.

        Whoever polls goes first, and ends this, as do AT_ONCE requests or SLICE: the next call goes on from there.
        """
        from monitor.past import backlog

        until = self.clock() + SLICE
        waiting = [
            registry
            for name, registry in self.registries.items()
            if backlog.waits(self.db, name) and not backlog.paused(self.db, name, now=self.clock())
        ]
        if not waiting:
            return
        from monitor.past.backfill import Backfill, Paused

        for registry in waiting:
            work = Backfill(self.db, registry, clock=self.clock, keep_for=self.config.store.keep_versions_for)
            try:
                for _ in range(AT_ONCE):
                    if self.stopping.is_set() or self.clock() >= until or not more():
                        return
                    with self._turns.last() as ours:
                        if not ours or not work.step():
                            break
            except Stopped:
                return
            except Paused:
                continue  # said and written down; until when, too

    def look(self) -> Looked:
        """Enter and leave the states that time makes, up to today. After a poll: by what the records say now.

        Waits for a poll that is under way: what that has booked is its own to decide on, at its end.
        """
        with self._turns.first():
            looked = Look(
                self.db,
                self.registries,
                router=self.router(),
                now=self.clock(),
                stopping=self.stopping.is_set,
            ).run()
        fresh = [line for line in looked.problems if line not in self._not_told]
        self._not_told = looked.problems
        if looked.trials or fresh:
            log.info("deadlines", trials=looked.trials, events=len(looked.events))
        for line in fresh:
            log.warning("deadlines not told", problem=line)
        for line in looked.notices:
            log.warning("drift", notice=line)
        return looked

    def retain(self) -> Gone | None:
        """Remove the versions that the configuration no longer keeps, a good many at most. None where it keeps all, or
        has not said otherwise for long enough."""
        from monitor import retention  # which a poll does not need

        keep_for = self.config.store.keep_versions_for
        if keep_for is None:
            retention.forget_wait(self.db)
            return None
        if not retention.may_begin(self.db, keep_for, now=self.clock()):
            wait = retention.waiting(self.db, now=self.clock())
            if wait is not None and wait.versions and wait.until != self._removes_from:
                self._removes_from = wait.until
                log.warning("retention", notice=wait.words)
            return None
        gone = retention.retain(
            self.db, keep_for=keep_for, now=self.clock(), most=retention.MOST, stopping=self.stopping.is_set
        )
        if gone.versions:
            log.info(
                "retention", trials=gone.trials, versions=gone.versions, megabytes=round(gone.size / 1e6, 1)
            )
        return gone

    def index(self) -> int:
        """Make what polls stored findable by its words; returns how many trials and events were behind."""
        if not search.is_behind(self.db):
            return 0
        from snapshots.search.index import catch_up  # which a quiet poll does not need

        try:
            indexed = catch_up(self.db, stopping=self.stopping.is_set)
        except DatabaseHeld as error:  # another time: a search says what it does not know yet
            log.warning("not indexed", problem=str(error))
            return 0
        log.info("indexed", count=indexed)
        return indexed

    def router(self) -> Router:
        return Router(self.config, self.db)

    def effective(self, event: Event) -> Event:
        """An event with the user's own severities."""
        return self.router().effective(event)

    def deliver(self, only: str | None = None, *, more: Callable[[], bool] = lambda: True) -> Told:
        """Tell what is due, to every notifier or to one. more: see `Teller.deliver_to`."""
        told = Told()
        for name, notifier in self.notifiers.items():
            if only in (None, name):
                with self._sending[name]:
                    self.teller().deliver_to(name, notifier, told, more=more)
        return told

    def _deliver_and_attend(self) -> Told:
        """What is due; then how the watching goes, in the log and to whom it is told."""
        told = self.deliver()
        told.notices = self.lookout.attend()
        said = [*told.notices, *self.lookout.say_all_well()]
        if said:
            self.deliver()
        return told

    def teller(self) -> Teller:
        return Teller(
            self.db,
            effective=self.effective,
            manners=self.router().manners,
            public_url=self.config.web.public_url,
            clock=self.clock,
            random=self._random,
            wait=self._wait,
            settings=self._settings,
        )

    def say(self, message: Message, notifier: str) -> None:
        """A message that tells of no event."""
        self.teller().say(message, notifier)

    def accept_held(self, row: int) -> list[str]:
        """Believe a held sweep. Books what waits with it; returns the ids of the events."""
        with self._turns.first():
            return self._accept_held(row)

    def _accept_held(self, row: int) -> list[str]:
        now = self.clock()
        with immediate(self.db):
            one = held.accept(self.db, row)
        if one is None:
            raise watches.WatchError(f"no held sweep: `{row}`", hint="`trialbell held` lists them")
        from monitor.polling.booking import Booking

        registry = self.registries[one.registry]
        self._settle(one.registry, swept=None, now=now)  # a killed poll's: another sweep than the hold's
        booking = Booking(self.db, registry, build=one.build, now=now)
        booking.seen = lambda: one.swept
        if one.kind == held.LOST_SECTION:
            staging.book(self.db, booking, one.registry, staging.of_hold(self.db, row), row)
        with immediate(self.db):
            held.decide(self.db, row, "accepted", now)
            if one.kind == held.VANISHED:
                # Who is gone and who only left must be asked: the next poll does, without holding again.
                self.db.execute("update watch set finished = null where registry = ?", [one.registry])
        staging.clear(self.db)
        self._settle(one.registry, swept=one.swept, now=now)
        return booking.events

    def _settle(self, registry: str, *, swept: int | None, now: datetime) -> None:
        for line in untold.settle(self.db, registry, self.router(), swept=swept, now=now):
            log.warning("drift", registry=registry, notice=line)

    def serve_requests(self) -> int:
        """Do what other processes asked for. Returns how many requests were served."""
        served = 0
        with self._serving:
            self._write_answers()
            given_back = False
            while not self.stopping.is_set():
                with immediate(self.db):
                    if not given_back:  # whoever began what is not answered now is gone: the lease is ours
                        requests.give_back(self.db, now=self.clock())
                    given_back = True
                    request = requests.take(self.db, now=self.clock())
                if request is None:
                    return served
                try:
                    result = self.answer(request)
                except Exception as error:  # noqa: BLE001 - whoever waits for the answer must not wait for ever
                    log.error("request failed", kind=request.kind, error=f"{type(error).__name__}: {error}")
                    result = {"error": f"the service could not do it: {type(error).__name__}: {error}"}
                self._answers[request.row] = result
                self._write_answers()
                served += 1
        return served

    def _write_answers(self) -> None:
        """Raises DatabaseHeld; what is not written then is written at the next call, and the work not done again."""
        for row, result in list(self._answers.items()):
            with immediate(self.db):
                requests.answer(self.db, row, result, now=self.clock())
            del self._answers[row]

    def answer(self, request: requests.Request) -> dict[str, Any]:
        """Do one request, in whatever process holds the lease."""
        if request.kind == "held-accept":
            try:
                events = self.accept_held(int(request.arguments["row"]))
                self._deliver_and_attend()
                return {"events": events}
            except watches.WatchError as error:
                return {"error": str(error), "hint": error.hint}
        names, trials = request.arguments.get("watches"), request.arguments.get("trials")
        selection = Selection(
            watches=frozenset(names) if names else None, trials=tuple(trials) if trials else None
        )
        reports = self.poll(selection)
        looked = self.look()
        told = self._deliver_and_attend()
        self.index()  # nobody is told later for it
        return {
            "reports": [msgspec.structs.asdict(report) for report in reports],
            "deadlines": msgspec.structs.asdict(looked),
            "told": told_json(told),
        }

    def reader(self) -> Reader:
        from snapshots.query import Reader

        return Reader(self.db)

    def close_thread(self) -> None:
        """Let go of this thread's connection."""
        self._connections.close()

    def close(self) -> None:
        """Let go of everything. The app is not used again."""
        self.stopping.set()
        for notifier in self.notifiers.values():
            notifier.close()
        for registry in self.registries.values():
            closing = getattr(registry, "close", None)
            if closing is not None:
                closing()
        self._connections.close()


def told_json(told: Told) -> dict[str, Any]:
    return {
        "sent": told.sent,
        "waiting": told.waiting,
        "planned": {
            name: {"count": one.deliveries, "next_at": stamp(one.next_at), "why": one.why}
            for name, one in told.planned.items()
        },
        "failed": told.failed,
        "notices": told.notices,
    }
