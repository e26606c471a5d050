"""What a whole sweep lets us conclude: from absence, and from what was staged because there was so much of it.

Only called when every page arrived and the data build stood still meanwhile. A record that did not come back is
asked for by itself; one plain "not found" is written down, and believed when a second build says it too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlite_utils import Database

from monitor import held
from monitor.booking import Booking, Seen
from monitor.registries.base import Found, Missing, Moved, Registry
from monitor.watches import Watch
from snapshots.database import immediate
from snapshots.event import EventKind, stamp
from snapshots.facts import facts
from snapshots.query import Reader
from snapshots.record import parse


@dataclass(slots=True)
class Concluded:
    held: list[held.Held] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)  # ids that the registry says it does not have


class Conclusions:
    """For one poll of one registry on one build.

    take: stores the records of a batch as the sweep does and returns the ids seen.
    """

    def __init__(
        self,
        db: Database,
        registry: Registry,
        booking: Booking,
        take: Callable[[Sequence[bytes | memoryview]], set[str]],
        *,
        build: str,
        swept: int,
        now: datetime,
        progressed: Callable[[], None],
    ) -> None:
        self._db = db
        self._registry = registry
        self._booking = booking
        self._take = take
        self._build = build
        self._swept = swept
        self._now = now
        self._progressed = progressed
        self._reader = Reader(db)
        self.result = Concluded()

    def staged_sections(self, *, whole: bool) -> None:
        """Book the records that lost a section, unless too many did.

        whole: every watch was swept, so that a section held earlier and lost by nobody now is there again.
        """
        counts = dict(
            self._db.execute(
                "select subject, count(*) from staged where registry = ? and kind = ? and held is null"
                " group by subject",
                [self._registry.name, held.LOST_SECTION],
            ).fetchall()
        )
        if whole:
            for earlier in held.standing(self._db, registry=self._registry.name):
                if earlier.kind == held.LOST_SECTION:
                    counts.setdefault(earlier.subject, 0)
        if not counts:
            return
        with immediate(self._db):
            for subject in sorted(counts):
                verdict = self._judge(held.LOST_SECTION, subject, counts[subject])
                if verdict is not None:
                    held.keep(self._db, verdict)
            # A record that lost two sections waits with the one that is held.
            free = self._db.execute(
                "select trial, min(raw) from staged where registry = ?1 and kind = ?2 and held is null and trial"
                " not in (select trial from staged where registry = ?1 and kind = ?2 and held is not null)"
                " group by trial order by trial",
                [self._registry.name, held.LOST_SECTION],
            ).fetchall()
            for _, raw in free:
                book_staged(self._booking, self._db, raw)
            held.forget_unfinished(self._db, self._registry.name)

    def missing_ids(self, missing: Sequence[str], watches: Callable[[str], Sequence[Watch]]) -> None:
        """Ids that were asked for and did not come back."""
        open_ = [trial for trial in missing if not self._settled(trial)]
        self.result.unknown += [trial for trial in missing if self._settled(trial) and not self._had(trial)]
        known = [trial for trial in open_ if self._had(trial)]
        if self._too_many(known, self._registry.label):
            open_ = [trial for trial in open_ if not self._had(trial)]
        for trial in open_:
            self._ask(trial, watches(trial))

    def unmatched(self, watch: Watch) -> None:
        """Trials that a query watch holds and this sweep of it did not see."""
        rows = self._db.execute(
            "select trial from member where watch = ?1 and state = 'in' and not exists"
            " (select 1 from temp.seen where seen.watch = ?1 and seen.trial = member.trial) order by trial",
            [watch.row],
        ).fetchall()
        missing = [row[0] for row in rows]
        if watch.baseline:  # the definition was edited: what leaves by that is no news
            with immediate(self._db):
                self._leave(watch, missing)
            return
        if self._too_many(missing, f"watch {watch.name}") or not missing:
            return
        # What left may have left because it changed: a stop takes a trial out of "recruiting". Look first.
        there: set[str] = set()
        for batch in self._registry.by_ids(missing):
            there |= self._take(batch.page.records)
        left = [trial for trial in missing if trial in there]
        with immediate(self._db):
            for trial in left:
                self._booking.membership(EventKind.LEFT, trial, watch)
            self._leave(watch, left)
        for trial in missing:
            if trial not in there and not self._settled(trial):
                self._ask(trial, [watch])

    def _ask(self, trial: str, watches: Sequence[Watch]) -> None:
        """One record by itself: merged, not there, or there after all."""
        answer = self._registry.study(trial)
        self._progressed()
        if isinstance(answer, Found):
            self._take([answer.raw])
            return
        if isinstance(answer, Moved):
            for batch in self._registry.by_ids([answer.to]):
                self._take(batch.page.records)
            with immediate(self._db):
                self._merge(trial, answer.to, watches)
            return
        assert isinstance(answer, Missing)
        with immediate(self._db):
            self._strike(trial, watches)

    def _strike(self, trial: str, watches: Sequence[Watch]) -> None:
        row = self._db.execute(
            "select build from absence where registry = ? and trial = ?", [self._registry.name, trial]
        ).fetchone()
        had = self._had(trial)
        if not had:
            self.result.unknown.append(trial)
            for watch in watches:
                self._db.execute(
                    "insert or ignore into member (watch, trial, state, since) values (?, ?, 'absent', ?)",
                    [watch.row, trial, stamp(self._now)],
                )
        if row is None:
            self._db.execute(
                "insert into absence (registry, trial, build) values (?, ?, ?)",
                [self._registry.name, trial, self._build],
            )
        elif row[0] != self._build:
            self._db.execute(
                "update absence set settled = 1 where registry = ? and trial = ?",
                [self._registry.name, trial],
            )
            if had:
                self._booking.disappearance(EventKind.GONE, trial)
                self._booking.mark(trial, "gone")

    def _merge(self, trial: str, survivor: str, watches: Sequence[Watch]) -> None:
        self._db.execute(
            "insert or replace into alias (registry, trial, survivor, since) values (?, ?, ?, ?)",
            [self._registry.name, trial, survivor, stamp(self._now)],
        )
        if self._had(trial):
            self._booking.disappearance(EventKind.MERGED, trial, into=survivor)
            self._booking.mark(trial, "merged", into=survivor)
        for watch in watches:
            self._db.execute(
                "insert into member (watch, trial, state, since) values (?, ?, 'in', ?)"
                " on conflict (watch, trial) do update set state = 'in'",
                [watch.row, survivor, stamp(self._now)],
            )
            self._db.execute("delete from member where watch = ? and trial = ?", [watch.row, trial])

    def _leave(self, watch: Watch, trials: Sequence[str]) -> None:
        self._db.conn.executemany(
            "update member set state = 'left', since = ? where watch = ? and trial = ?",
            [(stamp(self._now), watch.row, trial) for trial in trials],
        )

    def _too_many(self, trials: Sequence[str], where: str) -> bool:
        with immediate(self._db):
            verdict = self._judge(held.VANISHED, where, len(trials))
            if verdict is not None and verdict.state == "open":
                for trial in trials:  # this build's word, should the next one say the same
                    self._db.execute(
                        "insert or ignore into absence (registry, trial, build) values (?, ?, ?)",
                        [self._registry.name, trial, self._build],
                    )
        return verdict is not None

    def _judge(self, kind: str, subject: str, count: int) -> held.Held | None:
        verdict = held.judge(
            self._db,
            registry=self._registry.name,
            kind=kind,
            subject=subject,
            count=count,
            swept=self._swept,
            build=self._build,
            now=self._now,
        )
        if verdict is not None and verdict.state == "open":
            self.result.held.append(verdict)
        return verdict

    def _had(self, trial: str) -> bool:
        return self._reader.trial(self._registry.name, trial) is not None

    def _settled(self, trial: str) -> bool:
        row = self._db.execute(
            "select settled from absence where registry = ? and trial = ?", [self._registry.name, trial]
        ).fetchone()
        return bool(row and row[0])


def book_staged(booking: Booking, db: Database, raw: bytes) -> None:
    """A record that was staged, now believed. Caller owns the transaction."""
    record = parse(raw)
    seen = Seen(record=record, facts=facts(record), fingerprint=None)
    told = db.execute(
        "select 1 from member where trial = ? and state != 'absent' limit 1", [seen.facts.trial]
    ).fetchone()
    booking.version(seen, told=told is not None)
