"""One sweep: pages of whole records go in, versions and memberships come out, one transaction a page.

A record whose raw bytes are those of the newest snapshot is the same record and costs a hash and a look-up. All
else is parsed strictly and decided by content. What could be an accident of the registry's (a section lost) is
staged, not booked: `conclusions` judges it when the sweep is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from monitor.booking import Booking, Seen, several_submissions
from monitor.watches import Watch
from snapshots.database import immediate
from snapshots.errors import NotAStudyRecord, NotJSON
from snapshots.event import EventKind, Step, stamp
from snapshots.facts import facts
from snapshots.query import Reader
from snapshots.record import canonical, content_hash, fingerprint, parse
from snapshots.store import Store

# (trial, old record, new record) → the registry's own steps between them; None when it could not tell.
History = Callable[[str, dict[str, Any], dict[str, Any]], tuple[Step, ...] | None]
PAGE_IN_SQL = 900  # parameters in one statement, below SQLite's least limit of 999


@dataclass(slots=True)
class Tally:
    """What a sweep has seen so far."""

    records: int = 0
    fresh: int = 0  # not known by their bytes
    problems: list[str] = field(default_factory=list)  # records that could not be read, one line each


class Sweep:
    """Takes pages for one registry on one data build.

    holders: the watches that want a trial, given its id; asked for trials that an answer holds.
    history: asks the registry's own record history; None where that is switched off.
    progressed: called whenever an answer was stored.
    """

    def __init__(
        self,
        db: Database,
        registry: str,
        booking: Booking,
        *,
        history: History | None,
        now: datetime,
        progressed: Callable[[], None],
    ) -> None:
        self._db = db
        self._registry = registry
        self._booking = booking
        self._history = history
        self._now = now
        self._progressed = progressed
        self._store = Store(db)
        self._reader = Reader(db)
        self.tally = Tally()
        self._absent = {
            row[0]
            for row in db.execute("select trial from absence where registry = ?", [registry]).fetchall()
        }
        db.execute(
            "create temp table if not exists seen (watch integer, trial text, primary key (watch, trial))"
        )
        db.execute("delete from temp.seen")

    def take(
        self, records: Sequence[bytes | memoryview], holders: Callable[[str], Sequence[Watch]], *, note: bool
    ) -> set[str]:
        """Store what a page brings; returns the ids in it.

        note: remember which watch saw which trial (needed to tell what a query no longer matches).
        """
        prints = [fingerprint(raw) for raw in records]
        known = self._store.known(self._registry, [mark for mark in prints if mark is not None])
        present: set[str] = set()
        fresh: list[Seen] = []
        for raw, mark in zip(records, prints, strict=True):
            trial = known.get(mark) if mark is not None else None
            if trial is None:
                seen = self._read(raw, mark)
                if seen is None:
                    continue
                trial = seen.facts.trial
                if trial not in present:
                    fresh.append(seen)
            present.add(trial)
        self.tally.records += len(present)
        self.tally.fresh += len(fresh)
        wanted = {trial: list(holders(trial)) for trial in present}
        fresh = [self._compared(seen) for seen in fresh]
        self._write(fresh, present, wanted, note=note)
        self._progressed()
        return present

    def _read(self, raw: bytes | memoryview, mark: bytes | None) -> Seen | None:
        try:
            record = parse(raw)
            return Seen(record=record, facts=facts(record), fingerprint=mark)
        except (NotJSON, NotAStudyRecord) as error:
            self.tally.problems.append(f"a record could not be read: {error}")
            return None

    def _compared(self, seen: Seen) -> Seen:
        """Put the newest stored version beside a record, and ask what lay between where that is switched on."""
        newest = self._store.newest(self._registry, seen.facts.trial)
        if newest is None or newest.ref.version is None or newest.content == content_hash(seen.record):
            return seen
        self._progressed()  # the registry's history, asked for each, may take longer than the page did
        trial = seen.facts.trial
        old = self._reader.record(self._registry, trial, newest.ref.source, newest.ref.version)
        several = several_submissions(old, seen.record)
        steps: tuple[Step, ...] = ()
        if self._history is not None:
            between = self._history(trial, old, seen.record)
            if between is not None:
                steps, several = between, False
        return replace(seen, old=old, steps=steps, several=several)

    def _write(
        self, fresh: list[Seen], present: set[str], wanted: dict[str, list[Watch]], *, note: bool
    ) -> None:
        states = self._states(present)
        back = self._absent & present
        joining = [
            (watch, trial, states.get((watch.row, trial)))
            for trial, holders in wanted.items()
            for watch in holders
            if states.get((watch.row, trial)) != "in"
        ]
        established = {trial for (_, trial), state in states.items() if state != "absent"}
        if fresh or joining or back:
            with immediate(self._db):
                for trial in sorted(back):
                    self._return(trial)
                # Memberships first: a version's event names the watches that hold the trial.
                entering = [self._join(watch, trial, state) for watch, trial, state in joining]
                for seen in fresh:
                    if not self._staged(seen):
                        self._booking.version(seen, told=seen.facts.trial in established)
                for kind, watch, trial in [entered for entered in entering if entered]:
                    self._booking.membership(kind, trial, watch)
            self._absent -= back
        if note:
            marks = [(watch.row, trial) for trial, holders in wanted.items() for watch in holders]
            with self._db.atomic():
                self._db.conn.executemany("insert or ignore into temp.seen values (?, ?)", marks)

    def _states(self, present: Iterable[str]) -> dict[tuple[int, str], str]:
        """(watch, trial) → state, for all watches, removed ones that still hold a trial among them."""
        trials = list(present)
        found: dict[tuple[int, str], str] = {}
        for start in range(0, len(trials), PAGE_IN_SQL):
            part = trials[start : start + PAGE_IN_SQL]
            rows = self._db.execute(
                "select member.watch, member.trial, member.state from member"
                " join watch on watch.id = member.watch and watch.registry = ?"
                f" where member.trial in ({','.join('?' * len(part))})",
                [self._registry, *part],
            )
            found.update({(row[0], row[1]): row[2] for row in rows.fetchall()})
        return found

    def _join(self, watch: Watch, trial: str, state: str | None) -> tuple[EventKind, Watch, str] | None:
        self._db.execute(
            "insert into member (watch, trial, state, since) values (?, ?, 'in', ?)"
            " on conflict (watch, trial) do update set state = 'in', since = excluded.since",
            [watch.row, trial, stamp(self._now)],
        )
        if watch.baseline:  # a first look, or an edited definition: no news unless asked for
            return (EventKind.ENTERED, watch, trial) if watch.tell_first and state is None else None
        if state == "left":
            return EventKind.RETURNED, watch, trial
        if state == "absent" or watch.definition.query is not None:
            return EventKind.ENTERED, watch, trial
        return None  # named by its id: it did not enter, it was put there

    def _return(self, trial: str) -> None:
        self._db.execute("delete from absence where registry = ? and trial = ?", [self._registry, trial])
        held = self._reader.trial(self._registry, trial)
        if held is not None and held.state == "gone":
            self._booking.mark(trial, "present")
            self._booking.disappearance(EventKind.BACK, trial)

    def _staged(self, seen: Seen) -> bool:
        """Keep a record that lost a section aside until the sweep shows whether the registry did it."""
        lost = sorted(sections(seen.old) - sections(seen.record)) if seen.old is not None else []
        for section in lost:
            self._db.execute(
                "insert or replace into staged (registry, kind, subject, trial, raw)"
                " values (?, 'lost-section', ?, ?, ?)",
                [self._registry, section, seen.facts.trial, canonical(seen.record)],
            )
        return bool(lost)


def sections(record: dict[str, Any]) -> set[str]:
    """The parts of a record whose loss would be momentous: its sections and the protocol's modules.

    The derived section is the registry's own computation and comes and goes with its software.
    """
    parts = {name for name, value in record.items() if isinstance(value, dict) and name != "derivedSection"}
    protocol = record.get("protocolSection")
    if isinstance(protocol, dict):
        parts |= {f"protocolSection.{name}" for name in protocol}
    return parts
