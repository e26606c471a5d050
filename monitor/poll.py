"""One poll of one registry, start to end: what may have changed, what did, and what follows from it.

`/version` first: where every watch has finished this build, that one request is all. Otherwise the watches that
have not are swept; each page is stored in a transaction of its own, and a watch counts as finished only in the
transaction after everything it covers was stored and concluded. An answer that is not whole concludes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from sqlite_utils import Database

from monitor import staging, untold, watches
from monitor.patience import Patience
from monitor.registries.base import (
    Absurd,
    BadQuestion,
    DataBuild,
    Registry,
    RegistryError,
    Stopped,
    SweepBroken,
    Unreachable,
)
from monitor.watches import Watch
from snapshots.database import immediate
from snapshots.instants import stamp

if TYPE_CHECKING:
    from monitor.booking import Booking
    from monitor.router import Router
    from monitor.sweep import Sweep


@dataclass(slots=True, kw_only=True)
class PollReport:
    """What a poll did, for people, logs and `--json`."""

    registry: str
    started_at: str
    build: str | None = None
    stopped: bool = False  # told to stop before its end: no failure, and nothing was concluded
    quiet: bool = False  # nothing was due on this build: one request
    records: int = 0  # seen
    versions: int = 0  # stored, quiet ones and first ones among them
    quiet_versions: int = 0
    events: list[str] = field(default_factory=list)  # ids, in order
    finished: list[str] = field(default_factory=list)  # names of watches
    first_looks: dict[str, int] = field(default_factory=dict)  # watch name → trials, silently taken in
    unknown: list[str] = field(default_factory=list)  # ids that the registry does not have
    held: list[str] = field(default_factory=list)  # one line each
    notices: list[str] = field(default_factory=list)  # of what the registry did to most records at once
    problems: list[str] = field(
        default_factory=list
    )  # one line each; whatever is here was not concluded from
    hint: str | None = None
    not_before: str | None = None  # the registry wants to be left alone until then

    @property
    def outcome(self) -> str:
        """`quiet`, `complete`, `incomplete` or `stopped`, as the log of polls has it."""
        if self.stopped:
            return "stopped"
        if self.problems:
            return "incomplete"
        return "quiet" if self.quiet else "complete"


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which of the watches, or which trials alone. Everything when both are None."""

    watches: frozenset[str] | None = None
    trials: tuple[str, ...] | None = None


EVERYTHING = Selection()
LONGEST_ALONE = timedelta(hours=6)  # whatever Retry-After says: a working day must not pass unseen
_FAILS = (Absurd, BadQuestion, SweepBroken, Unreachable)  # what may befall one question and no other
MOST_IN_VAIN = 4  # batches of ids without an answer, in a row: more, and this poll asks for no other ids
MOST_TROUBLE = 2  # questions that the registry may fail at (5xx) before it counts as down


class Poll:
    """One poll. Use once."""

    def __init__(
        self,
        db: Database,
        registry: Registry,
        *,
        router: Router,
        history: bool,
        clock: Callable[[], datetime],
        patience: Patience | None = None,
    ) -> None:
        self._db = db
        self._registry = registry
        self._router = router
        self._history = history
        self._clock = clock
        self._patience = patience or Patience(timedelta.max, stopping=threading.Event())
        self._now = clock()
        self._due: list[Watch] = []
        self._removed: list[int] = []
        self._troubled = 0
        self._down: Unreachable | None = None  # found while concluding
        self._swept: Callable[[], int | None] = lambda: None
        self._whole = False  # everything that is watched was swept, to its end
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
            self._problem(error)
            if isinstance(error, Unreachable) and error.retry_after is not None:
                self.report.not_before = stamp(self._clock() + min(error.retry_after, LONGEST_ALONE))
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
        self.report.notices += untold.settle(
            self._db,
            self._registry.name,
            self._router,
            swept=self._swept(),
            whole=self._whole and self.report.outcome == "complete",
            now=self._now,
        )

    def _run(self, selection: Selection) -> None:
        build = self._registry.build()
        self.report.build = build.day
        self._refuse_older(build)
        self._removed = watches.removed(self._db, registry=self._registry.name)
        everything = watches.active(self._db, registry=self._registry.name)
        due = [watch for watch in everything if watch.finished != build.stamp]
        if selection.watches is not None:
            due = [watch for watch in due if watch.name in selection.watches]
        if selection.trials is not None:
            due = [watch for watch in due if self._wants(watch, selection.trials)]
        if not due:
            self.report.quiet = True
            return
        # Loaded here, for most polls find that nothing is due.
        from monitor.booking import Booking
        from monitor.steps import StepsBetween
        from monitor.sweep import Sweep

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
        try:
            self._swept = booking.swept
            if selection.trials is not None:
                self._sweep_trials(selection.trials, due, sweep)
            else:
                booking.seen = lambda: sweep.tally.records
                whole = len(due) == len(everything)
                self._sweep_watches(due, sweep, booking, build, whole=whole)
        finally:
            self.report.records = sweep.tally.records
            self.report.versions = booking.versions
            self.report.quiet_versions = booking.quiet_versions
            self.report.events = booking.events
            self.report.problems += sweep.tally.problems

    def _sweep_trials(self, trials: Sequence[str], due: Sequence[Watch], sweep: Sweep) -> None:
        """These records alone: nothing is concluded and no watch is finished by it."""
        asked = self._survivors(trials)
        for batch in self._registry.by_ids(sorted(set(asked.values()))):
            if isinstance(batch.answer, RegistryError):
                self._may_go_on(batch.answer)
                self._problem(batch.answer, _span(batch.asked))
                continue
            present = sweep.take(
                batch.answer.records,
                lambda trial: [
                    w for w in due if w.definition.ids and trial in map(asked.get, w.definition.ids)
                ],
                note=False,
            )
            self.report.unknown += sorted(set(batch.asked) - present)

    def _sweep_watches(
        self, due: Sequence[Watch], sweep: Sweep, booking: Booking, build: DataBuild, *, whole: bool
    ) -> None:
        with immediate(self._db):
            staging.forget_unfinished(self._db, self._registry.name)
        from monitor.conclusions import Conclusions

        by_id = [watch for watch in due if watch.definition.ids is not None]
        named = {watch.row for watch in by_id}
        queries = self._same_queries(due)
        unfinished: set[int] = set()
        answered, missing, reask = self._sweep_ids(by_id, sweep, unfinished)
        for group in queries:
            self._sweep_query(group, sweep, unfinished)
        self._same_build(build)
        wanted = self._holders(by_id)
        conclusions = Conclusions(
            self._db,
            self._registry,
            booking,
            lambda records: sweep.take(records, lambda trial: wanted.get(trial, ()), note=False),
            asking=lambda watches, about: self._asking(sweep, watches, unfinished, about),
            build=build.stamp,
            whole=whole,
            now=self._now,
            progressed=self._patience.progressed,
        )
        try:
            # A watch's absent ids mean something when all of it arrived.
            missing = [trial for trial in missing if any(w.row not in unfinished for w in wanted[trial])]
            if missing or not unfinished & named:
                conclusions.missing_ids(
                    missing,
                    reask,
                    lambda trial: wanted.get(trial, ()),
                    answered=answered,
                    whole=not unfinished & named,
                )
            for watch in (watch for group in queries for watch in group if watch.row not in unfinished):
                conclusions.unmatched(watch)
            finished = [watch for watch in due if watch.row not in unfinished]
            conclusions.staged_sections(finished, whole=whole and not unfinished)
            if conclusions.unsettled:
                self._same_build(build)
            conclusions.settle()
        finally:
            self.report.held = [str(one) for one in conclusions.result.held]
            self.report.unknown = sorted(set(conclusions.result.unknown))
        self._whole = whole and not unfinished
        self._finish(finished, build, whole=self._whole)
        if self._down is not None:
            raise self._down

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

    def _same_build(self, build: DataBuild) -> None:
        if self._registry.build().stamp != build.stamp:
            raise SweepBroken(
                "the registry was rebuilt during the sweep; what arrived is kept, the next poll goes on from it"
            )

    @contextmanager
    def _spoiling(self, sweep: Sweep, watches: Sequence[Watch], unfinished: set[int]) -> Iterator[None]:
        """A record that could not be read meanwhile leaves these watches unfinished, and no others."""
        before = len(sweep.tally.problems)
        yield
        if len(sweep.tally.problems) > before:
            unfinished.update(watch.row for watch in watches)

    @contextmanager
    def _asking(
        self, sweep: Sweep, watches: Sequence[Watch], unfinished: set[int], about: str
    ) -> Iterator[Callable[[], None]]:
        """One question of the conclusions. One that fails leaves these watches unfinished, and no others.

        Gives what must be called before asking: once the registry is down, nothing more is asked.
        """
        try:
            with self._spoiling(sweep, watches, unfinished):
                yield self._refuse_when_down
        except _FAILS as error:
            unfinished.update(watch.row for watch in watches)
            if error is self._down:
                return
            try:
                self._may_go_on(error)
            except Stopped:
                raise
            except Unreachable as down:
                self._down = down
            else:
                self._problem(error, about)

    def _refuse_when_down(self) -> None:
        if self._down is not None:
            raise self._down

    def _sweep_ids(
        self, by_id: Sequence[Watch], sweep: Sweep, unfinished: set[int]
    ) -> tuple[int, list[str], set[str]]:
        """How many ids were answered for, those that did not come back, and which of them in exchange for another."""
        wanted = self._holders(by_id)
        answered, in_vain = 0, 0
        missing: list[str] = []
        reask: set[str] = set()
        merged = self._merged()
        try:
            for batch in self._registry.by_ids(sorted(wanted)) if wanted else ():
                if isinstance(batch.answer, RegistryError):
                    unfinished.update(watch.row for trial in batch.asked for watch in wanted[trial])
                    self._may_go_on(batch.answer)
                    self._problem(batch.answer, _span(batch.asked))
                    in_vain += 1
                    if in_vain > MOST_IN_VAIN:
                        unfinished.update(watch.row for watch in by_id)
                        break
                    continue
                in_vain = 0
                before = len(sweep.tally.problems)
                present = sweep.take(batch.answer.records, lambda trial: wanted.get(trial, ()), note=False)
                answered += len(batch.asked)
                absent = [trial for trial in batch.asked if trial not in present]
                if len(sweep.tally.problems) > before:  # nobody can say which of the absent ones it was
                    unfinished.update(watch.row for trial in absent for watch in wanted[trial])
                    continue
                # A merged id answers with its survivor, as it should.
                absent = [trial for trial in absent if trial not in merged]
                missing += absent
                if present - set(batch.asked):
                    reask.update(absent)
        except _FAILS as error:
            self._may_go_on(error)
            self._problem(error)
            unfinished.update(watch.row for watch in by_id)
        return answered, missing, reask

    def _sweep_query(self, group: Sequence[Watch], sweep: Sweep, unfinished: set[int]) -> None:
        """Equal queries are asked once. One that fails holds up no other."""
        query = dict(group[0].definition.query or ())
        try:
            with self._spoiling(sweep, group, unfinished):
                for page in self._registry.by_query(query):
                    sweep.take(page.records, lambda trial: group, note=True)
        except _FAILS as error:
            self._may_go_on(error)
            self._problem(error, ", ".join(f"watch `{watch.name}`" for watch in group))
            unfinished.update(watch.row for watch in group)

    def _may_go_on(self, error: RegistryError) -> None:
        """Raises an error that says nothing of this question alone: no connection, too many requests, down."""
        if not isinstance(error, Unreachable):
            return
        self._troubled += 1
        if isinstance(error, Stopped) or (error.status or 0) < 500 or self._troubled > MOST_TROUBLE:
            raise error

    def _same_queries(self, due: Sequence[Watch]) -> list[list[Watch]]:
        groups: dict[str, list[Watch]] = {}
        for watch in due:
            if watch.definition.query is not None:
                groups.setdefault(watch.definition.hash, []).append(watch)
        return list(groups.values())

    def _holders(self, by_id: Sequence[Watch]) -> dict[str, tuple[Watch, ...]]:
        """Id to ask for → the watches that name it. A merged id is asked for too: it may be published again."""
        merged = self._merged()
        holders: dict[str, tuple[Watch, ...]] = {}
        shared: dict[tuple[int, ...], tuple[Watch, ...]] = {}  # few groups hold many ids: each is kept once
        for watch in by_id:
            for trial in watch.definition.ids or ():
                survivor = _survivor(trial, merged)
                for one in (trial,) if survivor == trial else (trial, survivor):
                    group = holders.get(one, ())
                    if watch in group[-1:]:
                        continue
                    key = (*(each.row for each in group), watch.row)
                    holders[one] = shared.setdefault(key, (*group, watch))
        return holders

    def _merged(self) -> dict[str, str]:
        """Id → the one that it was merged into."""
        rows = self._db.execute(
            "select trial, survivor from alias where registry = ?", [self._registry.name]
        ).fetchall()
        return dict(rows)

    def _survivors(self, trials: Sequence[str]) -> dict[str, str]:
        """Each id with the one to ask for: itself, or the record that it was merged into."""
        merged = self._merged()
        return {trial: _survivor(trial, merged) for trial in trials}

    def _wants(self, watch: Watch, trials: Sequence[str]) -> bool:
        if watch.definition.ids is not None:
            return bool(set(watch.definition.ids) & set(trials))
        return bool(set(watches.held_trials(self._db, watch.row)) & set(trials))

    def _finish(self, done: Sequence[Watch], build: DataBuild, *, whole: bool) -> None:
        with immediate(self._db):
            for watch in done:
                self._db.execute(
                    "update watch set finished = ?, finished_at = ?, tried_at = ?, baseline = 0, error = null"
                    " where id = ? and definition_hash = ?",
                    [build.stamp, stamp(self._now), stamp(self._now), watch.row, watch.definition.hash],
                )
                self.report.finished.append(watch.name)
                if watch.baseline:
                    self.report.first_looks[watch.name] = len(watches.held_trials(self._db, watch.row))
            if whole:
                # Those alone that were removed when this poll began: of one removed since, another watch may
                # take the trials over, and must find that they were watched without a break.
                self._db.conn.executemany(
                    "delete from member where watch = ?", [(row,) for row in self._removed]
                )

    def _problem(self, error: RegistryError, where: str = "") -> None:
        self.report.problems.append(f"{where}: {error}" if where else str(error))
        self.report.hint = self.report.hint or error.hint

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
                    "\n".join(report.problems) or None,
                    report.not_before,
                    log,
                ],
            )
            # The log is for people who ask what happened lately, not an archive.
            for watch in self._due:
                if watch.name not in report.finished:
                    self._db.execute(
                        "update watch set tried_at = ?, error = ? where id = ?",
                        [report.started_at, "\n".join(report.problems) or None, watch.row],
                    )
            self._db.execute("delete from poll where id <= ?", [log - 5000])


def _span(trials: Sequence[str]) -> str:
    """The ids of a batch, for a person."""
    return trials[0] if len(trials) == 1 else f"{len(trials)} ids from {trials[0]} to {trials[-1]}"


def _survivor(trial: str, merged: Mapping[str, str]) -> str:
    for _ in range(len(merged)):  # a survivor may be merged in its turn
        if trial not in merged:
            break
        trial = merged[trial]
    return trial
