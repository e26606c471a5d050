"""What a whole sweep lets us conclude: from absence, and from what was staged because there was so much of it.

Only called when every page arrived and the data build stood still meanwhile. A record that did not come back is
asked for by itself; one plain "not found" is written down, and believed when a second build says it too. What such
single answers say is kept until `settle`, for the build may move while they are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlite_utils import Database

from monitor.polling import held, staging
from monitor.polling.booking import Booking
from monitor.registries.base import Absurd, Found, Missing, Moved, Registry
from monitor.watches import Due
from snapshots.database import immediate
from snapshots.event import EventKind
from snapshots.instants import stamp
from snapshots.query import Reader

AT_ONCE = 50  # trials that leave in one transaction: others want to write
MOST_LOOKED_AT = 1000  # of those that an edit drops, or that may be the registry's doing: five addresses full
# (watches that a failure leaves unfinished, what is asked about) → a guard around one question; what it gives is
# called before the question.
Asking = Callable[[Sequence[Due], str], AbstractContextManager[Callable[[], None]]]


@dataclass(slots=True)
class Concluded:
    held: list[held.Held] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)  # ids that the registry says it does not have
    unlooked: set[int] = field(default_factory=set)  # rows of watches whose first look is not over


class Conclusions:
    """For one poll of one registry on one build.

    take: stores the records of a batch as the sweep does and returns the ids seen.
    asking: guards each question, so that one that fails holds up its own watches alone.
    build: the registry's stamp. whole: everything watched of this kind is swept by this poll. fetched: adds to
    temp.swept the trials of a watch of which whole records came; False where all of them did. fault: told of a staged
    record that cannot be booked.
    """

    def __init__(
        self,
        db: Database,
        registry: Registry,
        booking: Booking,
        take: Callable[[Sequence[bytes | memoryview]], set[str]],
        *,
        asking: Asking,
        build: str,
        whole: bool,
        now: datetime,
        progressed: Callable[[], None],
        fetched: Callable[[Due], bool],
        fault: staging.Fault,
    ) -> None:
        self._fault = fault
        self._fetched = fetched
        self._asking = asking
        self._failed: set[str] = set()  # asked for by themselves in vain; one question for each is enough
        self._db = db
        self._registry = registry
        self._booking = booking
        self._take = take
        self._build = build
        self._whole = whole
        self._now = now
        self._progressed = progressed
        self._reader = Reader(db)
        self._answered: list[Callable[[], None]] = []  # what single answers say, not written down yet
        self._accepted: set[int] = set()  # held sweeps that a person accepted and this one asked about
        self.result = Concluded()

    @property
    def unsettled(self) -> bool:
        return bool(self._answered)

    def settle(self) -> None:
        """Write down what single answers said. Only while the build is still the one that was swept."""
        for write in self._answered:
            with immediate(self._db):
                write()
        self._answered.clear()
        if self._accepted:  # last: a poll that breaks off before has not used them up
            with immediate(self._db):
                for row in self._accepted:
                    held.used(self._db, row, self._build)
            self._accepted.clear()

    def staged_sections(self, swept: Iterable[Due], *, whole: bool) -> None:
        """Book the records that lost a section, unless too many did.

        swept: the watches of which every page arrived; of the others' records nothing is concluded.
        whole: these are all there are. A section held earlier and lost by nobody now is there again, if they are, or
        if they hold all the records that wait with it: a watch that never works holds up no others.
        """
        registry = self._registry.name
        staging.clear(self._db)  # what a killed poll or a person left
        if not staging.any_waits(self._db, registry) and not held.standing(self._db, registry=registry):
            return
        total, fetched = self._name_swept(swept)
        counts = dict(
            self._db.execute(
                "select subject, count(*) from staged where registry = ? and held = ? and trial in temp.swept"
                " group by subject",
                [registry, staging.THIS_SWEEP],
            ).fetchall()
        )
        answered = {
            earlier.subject
            for earlier in held.standing(self._db, registry=registry)
            if earlier.kind == held.LOST_SECTION and (whole or staging.answered(self._db, earlier.row))
        }
        for subject in answered:
            counts.setdefault(subject, 0)
        with immediate(self._db):
            verdicts = {
                subject: self._judge(
                    *(held.LOST_SECTION, subject, counts[subject], total),
                    whole=whole,
                    answered=subject in answered,
                    fetched=fetched,
                )
                for subject in sorted(counts)
            }
        for subject, verdict in verdicts.items():
            if verdict.hold is None:
                continue
            if verdict.hold.state == "dropped":
                staging.discard(self._db, registry, subject)
            else:
                staging.keep(self._db, registry, subject, verdict.hold.row, own_only=verdict.own_only)
        free = staging.free(self._db, registry)
        staging.book(self._db, self._booking, registry, free, staging.THIS_SWEEP, fault=self._fault)
        staging.forget_swept(self._db, registry)
        staging.clear(self._db)

    def missing_ids(
        self,
        missing: Sequence[str],
        reask: Collection[str],
        watches: Callable[[str], Sequence[Due]],
        *,
        answered: int,
        whole: bool,
    ) -> None:
        """Ids that did not come back, of `answered` that were asked for and answered.

        whole: all that are watched were.
        reask: those that are asked by themselves even when the registry was believed not to have them.
        """
        settled = {trial for trial in missing if self._settled(trial)}
        self.result.unknown += [trial for trial in missing if trial in settled and not self._had(trial)]
        known = [trial for trial in missing if trial not in settled and self._had(trial)]
        verdict = self._many_missing(
            known, self._registry.label, answered, whole=whole and self._whole, absent=known
        )
        waiting = set(known) if verdict.hold is not None else set()
        for trial in missing:
            if trial not in waiting and (trial not in settled or trial in reask):
                self._ask(trial, watches(trial), believed=verdict.by_person)

    def alone(self, trial: str, watches: Sequence[Due]) -> None:
        """An id that was answered with a record that does not name it, asked by itself."""
        self._ask(trial, watches, believed=False)

    def unmatched(self, watch: Due) -> None:
        """Trials that a query watch holds and its sweep, which temp.seen has, did not see."""
        rows = self._db.execute(
            "select trial from member where watch = ? and state = 'in' and trial not in"
            " (select trial from temp.seen) order by trial",
            [watch.row],
        ).fetchall()
        missing = [row[0] for row in rows if not self._settled(row[0])]
        # What left may have left because it changed: a stop takes a trial out of "recruiting". Look first, hold or
        # not, at the newest if there are too many; nothing is concluded by that.
        older, newest = missing[:-MOST_LOOKED_AT], missing[-MOST_LOOKED_AT:]
        there, unanswered, apart = self._look_at(newest, watch)
        if watch.baseline:  # the definition was edited: what leaves by that is no news, what changed still is
            self._leave(watch, [trial for trial in missing if trial not in unanswered], told=False)
            if unanswered:
                self.result.unlooked.add(watch.row)
            return
        held_before = self._db.execute(
            "select count(*) from member where watch = ? and state = 'in'", [watch.row]
        ).fetchone()[0]
        known = there | unanswered | apart
        absent = [trial for trial in newest if trial not in known]
        verdict = self._many_missing(
            missing, f"watch {watch.name}", held_before, whole=self._whole, absent=absent
        )
        if verdict.hold is not None:
            return
        also_there, also_unanswered, also_apart = self._look_at(older, watch)
        there |= also_there
        known |= also_there | also_unanswered | also_apart
        absent = [trial for trial in missing if trial not in known]
        self._leave(watch, [trial for trial in missing if trial in there], told=True)
        for trial in absent:
            self._ask(trial, [watch], believed=verdict.by_person)

    def _look_at(self, trials: Sequence[str], watch: Due) -> tuple[set[str], set[str], set[str]]:
        """Take in what changed of these.

        Gives those that are there, those of which nothing could be learnt, and those that came and could not be stored.
        """
        there: set[str] = set()
        apart: set[str] = set()
        unanswered = set(trials)
        if not trials:
            return there, unanswered, apart
        where = f"watch `{watch.name}`"
        with self._asking([watch], where) as ready:
            ready()
            for batch in self._registry.by_ids(trials):
                with self._asking([watch], where) as ready_still:
                    ready_still()
                    if not batch.strange:
                        present = self._take(batch.page.records)
                        there |= present
                        apart |= set(batch.page.ids) - present
                    unanswered.difference_update(batch.asked)
                ready()
        return there, unanswered - there, apart

    def _ask(self, trial: str, watches: Sequence[Due], *, believed: bool) -> None:
        """One record by itself: merged, not there, or there after all. believed: a person has said so too."""
        with self._asking(watches, trial) as ready:
            ready()
            if trial in self._failed:
                raise Absurd("it was asked for by itself before, and nothing could be learnt of it")
            self._failed.add(trial)
            answer = self._registry.study(trial)
            self._progressed()
            if isinstance(answer, Found):
                self._take([answer.raw])
            elif isinstance(answer, Moved):
                for batch in self._registry.by_ids([answer.to]):
                    # A strange one was merged in its turn, and whoever watches it asks for it.
                    if not batch.strange:
                        self._take(batch.page.records)
                self._answered.append(partial(self._merge, trial, answer.to, watches))
            else:
                assert isinstance(answer, Missing)
                self._answered.append(partial(self._strike, trial, watches, believed=believed))
            self._failed.discard(trial)

    def _strike(self, trial: str, watches: Sequence[Due], *, believed: bool) -> None:
        row = self._db.execute(
            "select build, settled from absence where registry = ? and trial = ?",
            [self._registry.name, trial],
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
        if row is not None and row[1]:
            return  # asked once more, and answered as before
        if believed or (row is not None and row[0] != self._build):
            self._db.execute(
                "update absence set settled = 1 where registry = ? and trial = ?",
                [self._registry.name, trial],
            )
            if had:
                self._booking.disappearance(EventKind.GONE, trial)
                self._booking.mark(trial, "gone")

    def _merge(self, trial: str, survivor: str, watches: Sequence[Due]) -> None:
        self._db.execute(
            "insert or replace into alias (registry, trial, survivor, since) values (?, ?, ?, ?)",
            [self._registry.name, trial, survivor, stamp(self._now)],
        )
        self._db.execute("delete from absence where registry = ? and trial = ?", [self._registry.name, trial])
        if self._had(trial):
            self._booking.disappearance(EventKind.MERGED, trial, into=survivor)
            self._booking.mark(trial, "merged", into=survivor)
        for watch in watches:
            if watch.query is None:  # a query holds what it finds, and nothing else
                self._db.execute(
                    "insert into member (watch, trial, state, since) values (?, ?, 'in', ?)"
                    " on conflict (watch, trial) do update set state = 'in'",
                    [watch.row, survivor, stamp(self._now)],
                )
            self._db.execute("delete from member where watch = ? and trial = ?", [watch.row, trial])

    def _leave(self, watch: Due, trials: Sequence[str], *, told: bool) -> None:
        for start in range(0, len(trials), AT_ONCE):
            some = trials[start : start + AT_ONCE]
            with immediate(self._db):
                if (
                    not told
                ):  # what an edit dropped never matched the watch as it is now: it would enter, not return
                    self._db.conn.executemany(
                        "delete from member where watch = ? and trial = ?",
                        [(watch.row, trial) for trial in some],
                    )
                    continue
                for trial in some:
                    self._booking.membership(EventKind.LEFT, trial, watch)
                self._db.conn.executemany(
                    "update member set state = 'left', since = ? where watch = ? and trial = ?",
                    [(stamp(self._now), watch.row, trial) for trial in some],
                )

    def _many_missing(
        self, trials: Sequence[str], where: str, of: int, *, whole: bool, absent: Sequence[str]
    ) -> held.Verdict:
        """absent: those of them that the registry did not give when they were asked for."""
        with immediate(self._db):
            verdict = self._judge(held.VANISHED, where, len(trials), of, whole=whole)
            if verdict.hold is not None and verdict.hold.state == "open":
                for trial in absent:  # this build's word, should the next one say the same
                    self._db.execute(
                        "insert or ignore into absence (registry, trial, build) values (?, ?, ?)",
                        [self._registry.name, trial, self._build],
                    )
        return verdict

    def _judge(
        self,
        kind: str,
        subject: str,
        count: int,
        swept: int,
        *,
        whole: bool,
        answered: bool = False,
        fetched: int | None = None,
    ) -> held.Verdict:
        verdict = held.judge(
            self._db,
            registry=self._registry.name,
            kind=kind,
            subject=subject,
            count=count,
            swept=swept,
            build=self._build,
            whole=whole,
            answered=answered,
            fetched=fetched,
            now=self._now,
        )
        if verdict.accepted is not None:
            self._accepted.add(verdict.accepted.row)
        if verdict.hold is not None and verdict.hold.state == "open":
            self.result.held.append(verdict.hold)
        return verdict

    def _name_swept(self, watches: Iterable[Due]) -> tuple[int, int | None]:
        """temp.swept: the trials that these watches hold, or held until this poll, as far as whole records came.

        Gives how many were seen, and how many of them came whole; None: all of them did.
        """
        slim: list[int] = []
        self._db.execute("create temp table if not exists swept (trial text primary key) without rowid")
        with self._db.atomic():
            self._db.execute("delete from temp.swept")
            for watch in watches:
                states = "state = 'left' and since = ?2"
                if self._fetched(watch):
                    slim.append(watch.row)
                else:
                    states = f"(state = 'in' or ({states}))"
                self._db.execute(
                    f"insert or ignore into temp.swept select trial from member where watch = ?1 and {states}",
                    [watch.row, stamp(self._now)],
                )
        fetched: int = self._db.execute("select count(*) from temp.swept").fetchone()[0]
        if not slim:
            return fetched, None
        others: int = self._db.execute(
            "select count(distinct trial) from member where state = 'in'"
            f" and watch in ({','.join('?' * len(slim))}) and trial not in (select trial from temp.swept)",
            slim,
        ).fetchone()[0]
        return fetched + others, fetched

    def _had(self, trial: str) -> bool:
        return self._reader.trial(self._registry.name, trial) is not None

    def _settled(self, trial: str) -> bool:
        row = self._db.execute(
            "select settled from absence where registry = ? and trial = ?", [self._registry.name, trial]
        ).fetchone()
        return bool(row and row[0])
