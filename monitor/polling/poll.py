"""One poll of one registry, start to end: what may have changed, what did, and what follows from it.

`/version` first: where every watch has finished this build, that one request is all. Otherwise the watches that
have not are swept, what is named before what is searched for, and the whole registry last, when who is told of the
rest was decided: it may take hours. A watch counts as finished only in the transaction after everything it covers was
stored and concluded. An answer that is not whole concludes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlite_utils import Database

from monitor import watches
from monitor.polling import untold
from monitor.polling.patience import Patience
from monitor.polling.report import EVERYTHING, PollReport, Selection
from monitor.registries.base import (
    Absurd,
    DataBuild,
    Registry,
    RegistryError,
    Stopped,
    Unreachable,
)
from monitor.watches import Due
from snapshots.database import immediate
from snapshots.instants import stamp

if TYPE_CHECKING:
    from monitor.alerting.router import Router
    from monitor.polling.booking import Booking
    from monitor.polling.pace import Pace
    from monitor.polling.sweep import Sweep
    from monitor.polling.trouble import Trouble

LONGEST_ALONE = timedelta(hours=6)  # whatever Retry-After says: a working day must not pass unseen


class Poll:
    """One poll. Use once. watching: told, after each page of a query, how far its sweep has come."""

    def __init__(
        self,
        db: Database,
        registry: Registry,
        *,
        router: Router,
        history: bool,
        clock: Callable[[], datetime],
        patience: Patience | None = None,
        watching: Callable[[Pace], None] = lambda pace: None,
    ) -> None:
        self._db = db
        self._registry = registry
        self._router = router
        self._history = history
        self._clock = clock
        self._patience = patience or Patience(timedelta.max, stopping=threading.Event())
        self._watching = watching
        self._now = clock()
        self._due: list[Due] = []
        self._removed: list[int] = []
        self._swept: Callable[[], int | None] = lambda: None
        self._whole = False  # everything that was to be swept, and is watched in the same way, was
        self.report = PollReport(registry=registry.name, started_at=stamp(self._now) or "")

    def run(self, selection: Selection = EVERYTHING) -> PollReport:
        """Never raises for the world's doings: what could not be done stands in `problems`."""
        log = self._begin(selection)
        try:
            self._settle()  # what a poll that was killed had booked; nobody knows of how much of a sweep
            self._patience.progressed()
            self._run(selection)
        except Stopped:
            lost = self._patience.lost()
            if lost is None:
                self.report.stopped = True
            else:
                self.report.problems.append(lost)
        except RegistryError as error:
            self.report.problems.append(str(error))
            self.report.hint = self.report.hint or error.hint
            if isinstance(error, Unreachable) and error.retry_after is not None:
                self.report.not_before = stamp(self._clock() + min(error.retry_after, LONGEST_ALONE))
        except KeyboardInterrupt:
            self.report.stopped = True  # by a person: no failure
            raise
        except BaseException as error:
            # Not the world's doing: written down as unfinished, and passed on to whoever runs us.
            self.report.problems.append(f"the poll broke off: {type(error).__name__}: {error}")
            raise
        finally:
            self._patience.ended()
            try:
                self._settle()
            except BaseException as error:
                self.report.problems.append(
                    f"who is told was not decided, the next poll does: {type(error).__name__}: {error}"
                )
                raise
            finally:
                self._end(log)
        return self.report

    def _settle(self) -> None:
        """Decide who is told of what was booked: however little of the sweep was made, it is stored."""
        whole = self._whole and self.report.outcome == "complete"
        self.report.notices += untold.settle(
            self._db,
            self._registry.name,
            self._router,
            swept=self._swept(),
            whole=whole,
            since=self._since() if whole else None,
            now=self._now,
        )

    def _since(self) -> str:
        """When the sweep was begun that this poll brought to its end: polls before it may have come to none."""
        begun: str = self._db.execute(
            "select min(started_at) from poll where registry = ?1 and id > ifnull((select max(id) from poll"
            " where registry = ?1 and everything and outcome in ('complete', 'quiet')), 0)",
            [self._registry.name],
        ).fetchone()[0]
        return begun

    def _run(self, selection: Selection) -> None:
        build = self._registry.build()
        self.report.build = build.day
        self._refuse_older(build)
        if watches.all_finished(self._db, registry=self._registry.name, build=build.stamp):
            self.report.quiet = True
            return
        self._removed = watches.removed(self._db, registry=self._registry.name)
        due = watches.due(self._db, registry=self._registry.name, build=build.stamp)
        if selection.watches is not None:
            due = [watch for watch in due if watch.name in selection.watches]
        if selection.trials is not None:
            due = [watch for watch in due if self._wants(watch, selection.trials)]
        if not due:
            self.report.quiet = True
            return
        # Loaded here, for most polls find that nothing is due.
        from monitor.past.steps import StepsBetween
        from monitor.polling.booking import Booking
        from monitor.polling.sweep import Sweep
        from monitor.polling.trouble import Trouble

        self._due = due
        booking = Booking(self._db, self._registry, build=build.stamp, now=self._now)
        sweep = Sweep(
            self._db,
            self._registry.name,
            booking,
            history=StepsBetween(self._db, self._registry, now=self._now) if self._history else None,
            now=self._now,
            progressed=self._patience.progressed,
        )
        trouble = Trouble(self.report, sweep.tally)
        try:
            self._swept = booking.swept
            if selection.trials is not None:
                self._sweep_trials(selection.trials, due, sweep, trouble)
            else:
                self._sweep_watches(due, sweep, booking, trouble, build)
        finally:
            self.report.records = sweep.tally.records
            self.report.versions = booking.versions
            self.report.quiet_versions = booking.quiet_versions
            self.report.events = booking.events
            self.report.problems += sweep.tally.problems

    def _sweep_trials(
        self, trials: Sequence[str], due: Sequence[Due], sweep: Sweep, trouble: Trouble
    ) -> None:
        """These records alone: nothing is concluded and no watch is finished by it."""
        from monitor.polling.id_sweep import span
        from monitor.polling.named import Named, survivor

        named = Named(self._db, self._registry.name, due)
        for batch in self._registry.by_ids(sorted({survivor(trial, named.merged) for trial in trials})):
            if isinstance(batch.answer, RegistryError):
                trouble.failed(batch.answer, (), span(batch.asked))
                continue
            present = sweep.take(batch.answer.records, named.holders)
            self.report.unknown += sorted(set(batch.asked) - present)

    def _sweep_watches(
        self, due: Sequence[Due], sweep: Sweep, booking: Booking, trouble: Trouble, build: DataBuild
    ) -> None:
        from monitor.polling import staging, under_way
        from monitor.polling.course import Course
        from monitor.polling.query_sweep import QuerySweep

        with immediate(self._db):
            under_way.forget_older(self._db, self._registry.name, build.stamp)
        if not under_way.any_of(self._db, self._registry.name):  # else it goes on with what it had staged
            staging.forget_unfinished(self._db, self._registry.name)
        queries = QuerySweep(
            self._db,
            self._registry,
            sweep,
            booking,
            trouble,
            build=build,
            clock=self._clock,
            watching=self._watching,
        )
        stages = Course(
            self._db,
            self._registry,
            sweep=sweep,
            booking=booking,
            trouble=trouble,
            queries=queries,
            report=self.report,
            build=build,
            now=self._now,
            progressed=self._patience.progressed,
        )
        active = watches.due(self._db, registry=self._registry.name, build=None)
        for mirror in (False, True):
            part = [watch for watch in due if watch.mirror is mirror]
            if not part:
                continue
            if mirror and len(part) < len(due):
                self._settle()  # the others need not wait for what comes now
                self._whole = False
            every = len(part) == sum(watch.mirror is mirror for watch in active)
            everything = len(stages.concluded) + len(part) == len(active)
            done = stages.run(part, every=every, everything=everything, removed=self._removed)
            self._whole = every and done

    def _refuse_older(self, build: DataBuild) -> None:
        """One of the registry's machines may lag behind the others: what it says was true, and is no news."""
        newest = self._db.execute(
            "select max(finished) from watch where registry = ?", [self._registry.name]
        ).fetchone()[0]
        if newest is not None and build.stamp < newest:
            raise Absurd(
                f"{self._registry.label} answers with the data build of {build.stamp}, older than that of {newest}"
                " which it gave before; nothing more was asked",
                hint="it passes by itself; another registry than before wants a database of its own (`--db`)",
            )

    def _wants(self, watch: Due, trials: Sequence[str]) -> bool:
        if watch.query is None:
            return any(watches.names(self._db, watch.row, trial) for trial in trials)
        return bool(set(watches.held_trials(self._db, watch.row)) & set(trials))

    def _begin(self, selection: Selection) -> int:
        with immediate(self._db):
            cursor = self._db.execute(
                "insert into poll (registry, started_at, everything) values (?, ?, ?)",
                [self._registry.name, self.report.started_at, int(selection == EVERYTHING)],
            )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _end(self, log: int) -> None:
        report = self.report
        error = "\n".join(report.problems) or None
        finished = set(report.finished)
        with immediate(self._db):
            self._db.execute(
                "update poll set ended_at = ?, build = ?, outcome = ?, records = ?, versions = ?, events = ?,"
                " error = ?, not_before = ? where id = ?",
                [
                    stamp(self._clock()),
                    report.build,
                    report.outcome,
                    report.records,
                    report.versions,
                    len(report.events),
                    error,
                    report.not_before,
                    log,
                ],
            )
            self._db.conn.executemany(
                "update watch set tried_at = ?, error = ? where id = ?",
                [(report.started_at, error, watch.row) for watch in self._due if watch.name not in finished],
            )
            # The log is for people who ask what happened lately, not an archive.
            self._db.execute("delete from poll where id <= ?", [log - 5000])
