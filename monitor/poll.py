"""One poll of one registry, start to end: what may have changed, what did, and what follows from it.

`/version` first: where every watch has finished this build, that one request is all. Otherwise the watches that
have not are swept; each page is stored in a transaction of its own, and a watch counts as finished only in the
transaction after everything it covers was stored and concluded. An answer that is not whole concludes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor import held, watches
from monitor.booking import Booking
from monitor.conclusions import Conclusions
from monitor.patience import Patience
from monitor.registries.base import (
    Absurd,
    BadQuestion,
    DataBuild,
    Registry,
    RegistryError,
    Stopped,
    SweepBroken,
)
from monitor.routes import Router
from monitor.steps import StepsBetween
from monitor.sweep import Sweep
from monitor.watches import Watch
from snapshots.database import immediate
from snapshots.event import stamp


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
    problems: list[str] = field(
        default_factory=list
    )  # one line each; whatever is here was not concluded from
    hint: str | None = None

    @property
    def outcome(self) -> str:
        """`quiet`, `complete`, `incomplete` or `stopped`, as the log of polls has it."""
        if self.stopped:
            return "stopped"
        if self.problems:
            return "incomplete"
        return "quiet" if self.quiet else "complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which of the watches, or which trials alone. Everything when both are None."""

    watches: frozenset[str] | None = None
    trials: tuple[str, ...] | None = None


EVERYTHING = Selection()


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
        self.report = PollReport(registry=registry.name, started_at=stamp(self._now) or "")

    def run(self, selection: Selection = EVERYTHING) -> PollReport:
        """Never raises for the world's doings: what could not be done stands in `problems`."""
        log = self._begin()
        self._patience.progressed()
        try:
            self._run(selection)
        except Stopped:
            lost = self._patience.lost()
            if lost is None:
                self.report.stopped = True
            else:
                self.report.problems.append(lost)
        except RegistryError as error:
            self._problem(error)
        except BaseException as error:
            # Not the world's doing: written down as unfinished, and passed on to whoever runs us.
            self.report.problems.append(f"the poll broke off: {type(error).__name__}: {error}")
            raise
        finally:
            self._patience.ended()
            self._end(log)
        return self.report

    def _run(self, selection: Selection) -> None:
        build = self._registry.build()
        self.report.build = build.day
        everything = watches.active(self._db, registry=self._registry.name)
        due = [watch for watch in everything if watch.finished != build.stamp]
        if selection.watches is not None:
            due = [watch for watch in due if watch.name in selection.watches]
        if selection.trials is not None:
            due = [watch for watch in due if self._wants(watch, selection.trials)]
        if not due:
            self.report.quiet = True
            return
        self._due = due
        booking = Booking(self._db, self._registry, router=self._router, build=build.day, now=self._now)
        sweep = Sweep(
            self._db,
            self._registry.name,
            booking,
            history=StepsBetween(self._db, self._registry, now=self._now) if self._history else None,
            now=self._now,
            progressed=self._patience.progressed,
        )
        try:
            if selection.trials is not None:
                self._sweep_trials(selection.trials, due, sweep)
            else:
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
            present = sweep.take(
                batch.page.records,
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
            held.forget_unfinished(self._db, self._registry.name)
        broken: dict[int, RegistryError] = {}
        by_id = [watch for watch in due if watch.definition.ids is not None]
        missing = self._sweep_ids(by_id, sweep, broken)
        for watch_group in self._same_queries(due):
            self._sweep_query(watch_group, sweep, broken)
        if self._registry.build().stamp != build.stamp:
            raise SweepBroken(
                "the registry was rebuilt during the sweep; what arrived is kept, the next poll goes on from it"
            )
        unfinished = {watch.row for watch in due if watch.row in broken}
        if sweep.tally.problems:
            unfinished = {watch.row for watch in due}
        wanted = self._holders(by_id)
        conclusions = Conclusions(
            self._db,
            self._registry,
            booking,
            lambda records: sweep.take(records, lambda trial: wanted.get(trial, []), note=False),
            build=build.day,
            swept=max(1, sweep.tally.records),
            now=self._now,
            progressed=self._patience.progressed,
        )
        try:
            if not unfinished & {watch.row for watch in by_id}:
                conclusions.missing_ids(missing, lambda trial: wanted.get(trial, []))
            for watch in due:
                if watch.definition.query is not None and watch.row not in unfinished:
                    conclusions.unmatched(watch)
            if not unfinished:
                conclusions.staged_sections(whole=whole)
        finally:
            self.report.held = [str(one) for one in conclusions.result.held]
            self.report.unknown = sorted(set(conclusions.result.unknown))
        self._finish(
            [watch for watch in due if watch.row not in unfinished], build, whole=whole and not unfinished
        )

    def _sweep_ids(self, by_id: Sequence[Watch], sweep: Sweep, broken: dict[int, RegistryError]) -> list[str]:
        """Returns the ids that did not come back."""
        if not by_id:
            return []
        wanted = self._holders(by_id)
        missing: list[str] = []
        try:
            for batch in self._registry.by_ids(sorted(wanted)):
                present = sweep.take(batch.page.records, lambda trial: wanted.get(trial, []), note=False)
                missing += [trial for trial in batch.asked if trial not in present]
        except (Absurd, BadQuestion, SweepBroken) as error:
            self._problem(error)
            for watch in by_id:
                broken[watch.row] = error
        return missing

    def _sweep_query(self, group: Sequence[Watch], sweep: Sweep, broken: dict[int, RegistryError]) -> None:
        """Equal queries are asked once. One that fails holds up no other."""
        query = dict(group[0].definition.query or ())
        try:
            for page in self._registry.by_query(query):
                sweep.take(page.records, lambda trial: group, note=True)
        except (Absurd, BadQuestion, SweepBroken) as error:
            self._problem(error, ", ".join(f"watch `{watch.name}`" for watch in group))
            for watch in group:
                broken[watch.row] = error

    def _same_queries(self, due: Sequence[Watch]) -> list[list[Watch]]:
        groups: dict[str, list[Watch]] = {}
        for watch in due:
            if watch.definition.query is not None:
                groups.setdefault(watch.definition.hash, []).append(watch)
        return list(groups.values())

    def _holders(self, by_id: Sequence[Watch]) -> dict[str, list[Watch]]:
        """Surviving id → the watches that name it."""
        holders: dict[str, list[Watch]] = {}
        for watch in by_id:
            ids = watch.definition.ids or ()
            for survivor in sorted(set(self._survivors(ids).values())):
                holders.setdefault(survivor, []).append(watch)
        return holders

    def _survivors(self, trials: Sequence[str]) -> dict[str, str]:
        """Each id with the one to ask for: itself, or the record that it was merged into."""
        rows = self._db.execute(
            "select trial, survivor from alias where registry = ?", [self._registry.name]
        ).fetchall()
        merged = dict(rows)
        found: dict[str, str] = {}
        for trial in trials:
            survivor = trial
            for _ in range(len(merged)):  # a survivor may be merged in its turn
                if survivor not in merged:
                    break
                survivor = merged[survivor]
            found[trial] = survivor
        return found

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
                self._db.execute(
                    "delete from member where watch in (select id from watch where removed_at is not null"
                    " and registry = ?)",
                    [self._registry.name],
                )

    def _problem(self, error: RegistryError, where: str = "") -> None:
        self.report.problems.append(f"{where}: {error}" if where else str(error))
        self.report.hint = self.report.hint or error.hint

    def _begin(self) -> int:
        with immediate(self._db):
            cursor = self._db.execute(
                "insert into poll (registry, started_at) values (?, ?)",
                [self._registry.name, self.report.started_at],
            )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _end(self, log: int) -> None:
        report = self.report
        with immediate(self._db):
            self._db.execute(
                "update poll set ended_at = ?, build = ?, outcome = ?, records = ?, versions = ?, events = ?,"
                " error = ? where id = ?",
                [
                    stamp(self._clock()),
                    report.build,
                    report.outcome,
                    report.records,
                    report.versions,
                    len(report.events),
                    "\n".join(report.problems) or None,
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
