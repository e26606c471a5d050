"""One sweep: pages of whole records go in, versions and memberships come out, some records a transaction.

A record whose raw bytes are those of the newest snapshot is the same record and costs a hash and a look-up. All
else is parsed strictly and decided by content, a few at a time: neither memory nor a writer who waits should
know how large a page is. What could be an accident of the registry's (a section lost) is staged, not booked:
`conclusions` judges it when the sweep is whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from monitor import watches
from monitor.logs import log
from monitor.polling import staging
from monitor.polling.booking import Booking, Seen, several_submissions
from monitor.polling.staging import NO_RECORDS_FAULT
from monitor.watches import Due
from snapshots.database import immediate
from snapshots.errors import DamagedVersion, NotAStudyRecord, NotJSON
from snapshots.event import EventKind, Step
from snapshots.instants import stamp
from snapshots.query import Reader
from snapshots.record import fingerprint, parse
from snapshots.store import Parsed, Store

# (trial, old record, new record) → the registry's own steps between them; None when it could not tell.
History = Callable[[str, dict[str, Any], dict[str, Any]], tuple[Step, ...] | None]
# (trial, number of its version, record): called in the transaction that stores it.
Stored = Callable[[str, int, dict[str, Any]], None]
AT_ONCE = 50  # records parsed, compared and written together
FIRST_BYTES = 1000  # of a record that cannot be read, in which its id is looked for, to name it
_ID = re.compile(rb'"nctId"\s*:\s*"([A-Za-z0-9]{1,20})"')
PAGE_IN_SQL = 900  # parameters in one statement, below SQLite's least limit of 999


@dataclass(slots=True)
class Tally:
    """What a sweep has seen so far."""

    records: int = 0  # distinct trials: one that several watches want comes several times
    fresh: int = 0  # not known by their bytes
    # Records that could not be read, compared or stored, one line each.
    problems: list[str] = field(default_factory=list)


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
        self._logged: set[str] = set()  # defects of ours, each with its traceback once
        self._absent = {
            row[0]
            for row in db.execute(
                "select trial from absence where registry = ?1 union select trial from alias where registry = ?1",
                [registry],
            ).fetchall()
        }
        db.execute("create temp table if not exists met (trial text primary key) without rowid")
        db.execute("delete from temp.met")

    def take(
        self,
        records: Sequence[bytes | memoryview],
        holders: Callable[[str], Sequence[Due]],
        *,
        stored: Stored | None = None,
    ) -> set[str]:
        """Store what a page brings; returns the ids in it, but for records that could not be stored."""
        prints = [fingerprint(raw) for raw in records]
        known = self._store.known(self._registry, [mark for mark in prints if mark is not None])
        present = {known[mark] for mark in prints if mark is not None and mark in known}
        self._write([], {trial: list(holders(trial)) for trial in present}, stored)
        self._count(present)
        strange = [(raw, mark) for raw, mark in zip(records, prints, strict=True) if mark not in known]
        for start in range(0, len(strange), AT_ONCE):
            fresh = {}
            for raw, mark in strange[start : start + AT_ONCE]:
                seen = self._read(raw, mark)
                if seen is not None and seen.facts.trial not in present:
                    fresh[seen.facts.trial] = seen
            older = self._store.newest_numbers(self._registry, list(fresh))
            compared = [
                one
                for trial, seen in fresh.items()
                if (one := self._compared(seen) if trial in older else seen) is not None
            ]
            self._count(one.facts.trial for one in compared)  # what is written has counted itself
            written = self._written(compared, holders, stored)
            present |= {one.facts.trial for one in written}
            self.tally.fresh += len(written)
        self._progressed()
        return present

    def seen_equal(self, trials: Sequence[str], holders: Sequence[Due]) -> None:
        """These are there and as they are stored, as far as could be seen."""
        self._write([], dict.fromkeys(trials, holders), None)
        self._count(trials)
        self._progressed()

    def _count(self, trials: Iterable[str]) -> None:
        with self._db.atomic():
            met = self._db.conn.executemany(
                "insert or ignore into temp.met values (?)", [(trial,) for trial in trials]
            )
        self.tally.records += max(0, met.rowcount)

    def _read(self, raw: bytes | memoryview, mark: bytes | None) -> Seen | None:
        try:
            record = parse(raw)
            return Seen(record=record, parsed=Parsed.of(record), fingerprint=mark)
        except (NotJSON, NotAStudyRecord) as error:
            named = _ID.search(bytes(raw[:FIRST_BYTES]))
            which = named[1].decode() if named else "a record"
            self.tally.problems.append(f"{which} could not be read: {error}")
            return None

    def _compared(self, seen: Seen) -> Seen | None:
        """What changed, said; None for a record of which that cannot be said, which holds up no other."""
        try:
            return self._said(seen)
        except NO_RECORDS_FAULT:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this record's
            self.fault(seen.facts.trial, "compared", error)
            return None

    def _written(
        self, compared: Sequence[Seen], holders: Callable[[str], Sequence[Due]], stored: Stored | None
    ) -> list[Seen]:
        """Those that are stored: all, or where one of them cannot be, each by itself."""
        wanted = {one.facts.trial: list(holders(one.facts.trial)) for one in compared}
        before = self._booking.booked()
        try:
            self._write(list(compared), wanted, stored)
            return list(compared)
        except NO_RECORDS_FAULT:
            raise
        except Exception as error:  # noqa: BLE001 - as in `_compared`
            self._booking.undone(before)
            if len(compared) == 1:
                self.fault(compared[0].facts.trial, "stored", error)
                return []
        return [written for one in compared for written in self._written([one], holders, stored)]

    def fault(self, trial: str, what: str, error: Exception) -> None:
        """A line for people; of a defect of ours, the traceback too."""
        if isinstance(error, DamagedVersion):
            self.tally.problems.append(f"{trial} could not be {what}: {error}")
            return
        name = type(error).__name__
        self.tally.problems.append(
            f"{trial} could not be {what}, a defect of trialbell's own: {name}: {error}"
        )
        last = error.__traceback__
        while last is not None and last.tb_next is not None:
            last = last.tb_next
        where = f"{name} {last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last is not None else name
        if where not in self._logged:
            self._logged.add(where)
            log.error("defect", registry=self._registry, trial=trial, exc_info=error)

    def _said(self, seen: Seen) -> Seen | None:
        """Say what changed since the newest stored version, and ask what lay between where that is switched on.

        None for a record older than the one that we hold.
        """
        newest = self._store.newest(self._registry, seen.facts.trial)
        if newest is None or newest.ref.version is None or newest.content == seen.parsed.content:
            return seen
        if (
            seen.facts.build is not None
            and newest.ref.build is not None
            and seen.facts.build < newest.ref.build
        ):
            # One of the registry's machines lags behind the others: A, B, A again would be two false alarms.
            self.tally.problems.append(
                f"{seen.facts.trial} came as of an older data build ({seen.facts.build}) than the one we hold"
                f" ({newest.ref.build})"
            )
            return None
        self._progressed()  # the registry's history, asked for each, may take longer than the page did
        trial = seen.facts.trial
        old = self._reader.record(self._registry, trial, newest.ref.source, newest.ref.version)
        several = several_submissions(old, seen.record)
        steps: tuple[Step, ...] = ()
        if self._history is not None:
            between = self._history(trial, old, seen.record)
            if between is not None:
                steps, several = between, False
        lost = tuple(sorted(sections(old) - sections(seen.record)))
        changes = self._booking.changes(seen, old, newest.ref)
        return replace(seen, lost=lost, changes=changes, steps=steps, several=several)

    def _write(self, fresh: list[Seen], wanted: Mapping[str, Sequence[Due]], stored: Stored | None) -> None:
        states = self._states(wanted)
        back = self._absent & wanted.keys()
        joining = [
            (watch, trial, states.get((watch.row, trial)))
            for trial, holders in wanted.items()
            for watch in holders
            if states.get((watch.row, trial)) != "in"
        ]
        # A watch that the trial left told of nothing since, unless it is the one that it returns to.
        established = {
            trial
            for (row, trial), state in states.items()
            if state == "in" or (state == "left" and any(watch.row == row for watch in wanted[trial]))
        }
        established |= {
            trial for trial in back if wanted[trial]
        }  # what it was merged into was watched meanwhile
        if fresh or joining or back:
            with immediate(self._db):
                # Memberships first: an event names the watches that hold the trial.
                entering = [self._join(watch, trial, state) for watch, trial, state in joining]
                for trial in sorted(back):
                    self._return(trial, wanted[trial])
                for seen in fresh:
                    told = seen.facts.trial in established
                    if seen.lost:
                        staging.stage(self._db, self._registry, seen.lost, seen, told=told)
                    else:
                        number = self._booking.version(seen, told=told)
                        if stored is not None:
                            stored(seen.facts.trial, number, seen.record)
                        if number > 1:
                            staging.overtaken(self._db, self._registry, seen.facts.trial)
                for kind, watch, trial in [entered for entered in entering if entered]:
                    self._booking.membership(kind, trial, watch)
            self._absent -= back

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

    def _join(self, watch: Due, trial: str, state: str | None) -> tuple[EventKind, Due, str] | None:
        self._db.execute(
            "insert into member (watch, trial, state, since) values (?, ?, 'in', ?)"
            " on conflict (watch, trial) do update set state = 'in', since = excluded.since",
            [watch.row, trial, stamp(self._now)],
        )
        if watch.baseline:  # a first look, or an edited definition: no news unless asked for
            return (EventKind.ENTERED, watch, trial) if watch.tell_first and state is None else None
        if state == "left":
            return EventKind.RETURNED, watch, trial
        if state == "absent" or watch.query is not None:
            return EventKind.ENTERED, watch, trial
        return None  # named by its id: it did not enter, it was put there

    def _return(self, trial: str, wanting: Sequence[Due]) -> None:
        """It was not there, or was merged into another, and is published under its own id again."""
        self._db.execute("delete from absence where registry = ? and trial = ?", [self._registry, trial])
        survivor = self._db.execute(
            "select survivor from alias where registry = ? and trial = ?", [self._registry, trial]
        ).fetchone()
        if survivor is not None:
            self._db.execute("delete from alias where registry = ? and trial = ?", [self._registry, trial])
            for watch in wanting:
                if watch.query is None and not watches.names(self._db, watch.row, survivor[0]):
                    self._db.execute(
                        "delete from member where watch = ? and trial = ?", [watch.row, survivor[0]]
                    )
        held = self._reader.trial(self._registry, trial)
        if held is not None and held.state in ("gone", "merged"):
            self._booking.mark(trial, "present")
            self._booking.disappearance(EventKind.BACK, trial)


def sections(record: dict[str, Any]) -> set[str]:
    """The parts of a record whose loss would be momentous: its sections and the protocol's modules.

    The derived section is the registry's own computation and comes and goes with its software.
    """
    parts = {name for name, value in record.items() if isinstance(value, dict) and name != "derivedSection"}
    protocol = record.get("protocolSection")
    if isinstance(protocol, dict):
        parts |= {f"protocolSection.{name}" for name in protocol}
    return parts
