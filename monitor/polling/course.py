"""One stage of a poll: some watches swept, what follows concluded, and those finished that it could be done for.

A watch that lacks a record is concluded and not finished: the first look is over, all else is told, and the record is
asked for again by every poll.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlite_utils import Database

from monitor import watches
from monitor.polling import under_way
from monitor.polling.booking import Booking
from monitor.polling.conclusions import Conclusions
from monitor.polling.id_sweep import sweep_ids
from monitor.polling.named import Named
from monitor.polling.query_sweep import QuerySweep
from monitor.polling.report import PollReport
from monitor.polling.sweep import Sweep
from monitor.polling.trouble import Trouble
from monitor.registries.base import DataBuild, Registry, SweepBroken
from monitor.watches import Due
from snapshots.database import immediate
from snapshots.instants import stamp


class Course:
    """Those of one poll of one registry on one build, one after the other."""

    def __init__(
        self,
        db: Database,
        registry: Registry,
        *,
        sweep: Sweep,
        booking: Booking,
        trouble: Trouble,
        queries: QuerySweep,
        report: PollReport,
        build: DataBuild,
        now: datetime,
        progressed: Callable[[], None],
    ) -> None:
        self._db = db
        self._registry = registry
        self._sweep = sweep
        self._booking = booking
        self._trouble = trouble
        self._queries = queries
        self._report = report
        self._build = build
        self._now = now
        self._progressed = progressed
        self.concluded: list[Due] = []

    def run(self, part: Sequence[Due], *, every: bool, everything: bool, removed: Sequence[int]) -> bool:
        """Whether it finished them all.

        every: these are all watches of their kind that there are. everything: with those concluded before they are
        all there are; `removed`, rows of watches that are no more, then let go of their trials.
        """
        named = Named(self._db, self._registry.name, part)
        answered = sweep_ids(self._registry, named, self._sweep, self._trouble)
        groups = self._queries.groups(part)
        for group in groups:
            self._queries.run(group)
        self._same_build()
        conclusions = Conclusions(
            self._db,
            self._registry,
            self._booking,
            lambda records: self._sweep.take(records, named.holders),
            asking=self._trouble.asking,
            build=self._build.stamp,
            whole=every,
            now=self._now,
            progressed=self._progressed,
            fetched=self._queries.name_fetched,
            fault=self._sweep.fault,
        )
        try:
            for trial in answered.alone:
                conclusions.alone(trial, named.holders(trial))
            unsure = self._trouble.unfinished & {watch.row for watch in named.watches}
            # A watch's absent ids mean something when all of it arrived.
            missing = [
                trial
                for trial in answered.missing
                if any(watch.row not in unsure for watch in named.holders(trial))
            ]
            if missing or not unsure:
                conclusions.missing_ids(
                    missing, answered.reask, named.holders, answered=answered.count, whole=not unsure
                )
            for group in groups:
                if any(watch.row not in self._trouble.unfinished for watch in group):
                    self._queries.name_seen(group)
                    for watch in group:
                        if watch.row not in self._trouble.unfinished:
                            conclusions.unmatched(watch)
            concluded = [watch for watch in part if watch.row not in self._trouble.unfinished]
            whole = everything and len(concluded) == len(part)
            conclusions.staged_sections([*self.concluded, *concluded], whole=whole)
            if conclusions.unsettled:
                self._same_build()
            conclusions.settle()
        finally:
            self._report.held += [str(one) for one in conclusions.result.held]
            self._report.unknown = sorted({*self._report.unknown, *conclusions.result.unknown})
        done = [watch for watch in concluded if watch.row not in self._trouble.lacking]
        self._look_over(concluded, conclusions.result.unlooked)
        self._finish(done, removed if whole and len(done) == len(part) else ())
        self.concluded += concluded
        self._trouble.raise_down()
        return len(done) == len(part)

    def _same_build(self) -> None:
        if self._registry.build().stamp != self._build.stamp:
            raise SweepBroken(
                "the registry was rebuilt during the sweep; what arrived is kept, the next poll goes on from it"
            )

    def _look_over(self, concluded: Sequence[Due], unlooked: Collection[int]) -> None:
        """They were concluded, whether they are finished or not; the first look at `unlooked`, rows, is not over for
        all that."""
        with immediate(self._db):
            for watch in concluded:
                baseline = watch.row in unlooked
                whole = watch.query is not None and not self._queries.slimmed(watch)
                self._db.execute(
                    "update watch set baseline = ?1, whole = case when ?2 then ?3 else whole end"
                    " where id = ?4 and definition_hash = ?5",
                    [int(baseline), int(whole), self._build.stamp, watch.row, watch.definition_hash],
                )
                if watch.baseline and not baseline:
                    self._report.first_looks[watch.name] = self._db.execute(
                        "select count(*) from member where watch = ? and state = 'in'", [watch.row]
                    ).fetchone()[0]

    def _finish(self, done: Sequence[Due], removed: Sequence[int]) -> None:
        """removed: those alone that were removed when this poll began: of one removed since, another watch may take
        the trials over, and must find that they were watched without a break."""
        moment = stamp(self._now)
        with immediate(self._db):
            for watch in done:
                self._db.execute(
                    "update watch set finished = ?1, finished_at = ?2, tried_at = ?2, error = null"
                    " where id = ?3 and definition_hash = ?4",
                    [self._build.stamp, moment, watch.row, watch.definition_hash],
                )
                self._report.finished.append(watch.name)
            questions = {self._queries.question(watch) for watch in done if watch.query is not None}
            under_way.forget(self._db, self._registry.name, sorted(questions))
        watches.let_go(self._db, removed)
