"""Staged: records that lost a section, kept aside with all that the sweep knew of them until it is judged.

Rows of the sweep under way have no hold; `keep` puts them with one, `book` writes what is believed. They may be a
whole registry's: what is done to all of them is done some thousand at a time, the same again after a kill. Rows of a
hold that was decided on mean nothing any more, and are let go of by `clear`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from sqlite_utils import Database

from monitor.polling import held
from monitor.registries.base import RegistryError
from snapshots.database import immediate
from snapshots.errors import DatabaseHeld

if TYPE_CHECKING:
    from monitor.polling.booking import Booking, Seen

# (trial, "compared" or "stored", what was raised over it).
Fault = Callable[[str, str, Exception], None]
# What befalls the whole poll. Anything else that is raised over one record is that record's trouble alone.
NO_RECORDS_FAULT = (RegistryError, sqlite3.Error, DatabaseHeld)
THIS_SWEEP = 0  # no hold's number
AT_ONCE = 50  # records booked in one transaction: others want to write
BYTES_AT_ONCE = 2_000_000  # and no more than these, of their bodies
ROWS_AT_ONCE = 5_000  # without their bodies


def stage(db: Database, registry: str, subjects: Sequence[str], seen: Seen, *, told: bool) -> None:
    """subjects: the sections that it lost. Caller owns the transaction.

    Where a hold keeps it for the same, from here on as it is now: one body is enough.
    """
    from snapshots import codec  # which a quiet poll does not need
    from snapshots.steps import rows_of

    assert seen.changes is not None  # it lost something since a version that we hold
    trial = seen.facts.trial
    db.execute(
        "delete from staged where registry = ? and trial = ? and held = ?", [registry, trial, THIS_SWEEP]
    )
    cursor = db.execute(
        "insert into staged_record (registry, trial, against, raw, mark, told, several, steps)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            *(registry, trial, seen.changes.from_.version, codec.pack(seen.parsed.body), seen.fingerprint),
            *(int(told), int(seen.several), json.dumps(rows_of(seen.steps))),
        ],
    )
    for subject in subjects:
        db.execute(
            "insert into staged (registry, trial, subject, held, record) values (?, ?, ?, ?, ?)",
            [registry, trial, subject, THIS_SWEEP, cursor.lastrowid],
        )
        db.execute(
            "update staged set record = ? where registry = ? and trial = ? and subject = ?",
            [cursor.lastrowid, registry, trial, subject],
        )
    db.execute(
        "delete from staged_record where registry = ? and trial = ?"
        " and not exists (select 1 from staged where record = staged_record.id)",
        [registry, trial],
    )


def forget_unfinished(db: Database, registry: str) -> None:
    """What a sweep that never ended had staged. Owns its transactions."""
    _delete(db, "registry = ? and held = ?", [registry, THIS_SWEEP])


def forget_swept(db: Database, registry: str) -> None:
    """What was staged of the trials that `temp.swept` names, and concluded from. Owns its transactions."""
    _delete(
        db, "registry = ? and held = ? and trial in (select trial from temp.swept)", [registry, THIS_SWEEP]
    )


def overtaken(db: Database, registry: str, trial: str) -> None:
    """A version of it was booked: what was staged against an older one is past. Caller owns the transaction."""
    db.execute(
        "delete from staged where registry = ?1 and trial = ?2 and record in (select id from staged_record"
        " where registry = ?1 and trial = ?2 and against < (select head.number from trial"
        " join head on head.trial = trial.key and head.line = 'snapshot'"
        " where trial.registry = ?1 and trial.trial = ?2))",
        [registry, trial],
    )


def keep(db: Database, registry: str, subject: str, hold: int, *, own_only: bool) -> None:
    """Put what this sweep staged of it with a hold. own_only: of the trials that it keeps already.

    Owns its transactions. Should somebody decide on the hold meanwhile, the rest goes as they said.
    """
    last = ""
    while True:
        with immediate(db):
            one = held.find(db, hold)
            if one is None or one.state != "open":
                break
            rows = db.execute(
                "select trial from staged where held = ?4 and registry = ?2 and subject = ?3 and trial > ?6"
                " and (not ?5 or trial in (select trial from staged where held = ?1)) order by trial limit ?7",
                [hold, registry, subject, THIS_SWEEP, int(own_only), last, ROWS_AT_ONCE],
            ).fetchall()
            db.conn.executemany(
                "update or replace staged set held = ? where registry = ? and trial = ? and subject = ? and held = ?",
                [(hold, registry, trial, subject, THIS_SWEEP) for (trial,) in rows],
            )
        if len(rows) < ROWS_AT_ONCE:
            return
        last = rows[-1][0]
    if one is not None and one.state == "dropped":
        discard(db, registry, subject)


def discard(db: Database, registry: str, subject: str) -> None:
    """A person said that it did not happen: neither it nor what else these records lost is taken from this sweep.

    Owns its transactions.
    """
    while True:
        with immediate(db):
            rows = db.execute(
                "select trial from staged where registry = ? and subject = ? and held = ? limit ?",
                [registry, subject, THIS_SWEEP, ROWS_AT_ONCE],
            ).fetchall()
            db.conn.executemany(
                "delete from staged where registry = ? and trial = ? and held = ?",
                [(registry, trial, THIS_SWEEP) for (trial,) in rows],
            )
        if len(rows) < ROWS_AT_ONCE:
            return


def _delete(db: Database, which: str, values: Sequence[object]) -> None:
    while True:
        with immediate(db):
            gone = db.execute(
                "delete from staged where (registry, trial, subject, held) in"
                f" (select registry, trial, subject, held from staged where {which} limit ?)",
                [*values, ROWS_AT_ONCE],
            ).rowcount
        if gone < ROWS_AT_ONCE:
            return


def any_waits(db: Database, registry: str) -> bool:
    """Whether this sweep staged anything."""
    rows = db.execute("select 1 from staged where registry = ? and held = ? limit 1", [registry, THIS_SWEEP])
    return rows.fetchone() is not None


def free(db: Database, registry: str) -> list[str]:
    """Trials that this sweep staged and no hold keeps: one that lost two sections waits with the one that is held.

    Only those that `temp.swept` names as wholly swept.
    """
    rows = db.execute(
        "select distinct trial from staged where registry = ?1 and held = ?2 and trial in temp.swept and trial"
        " not in (select trial from staged where registry = ?1 and held in"
        " (select id from held where state in ('open', 'accepting'))) order by trial",
        [registry, THIS_SWEEP],
    ).fetchall()
    return [row[0] for row in rows]


def answered(db: Database, hold: int) -> bool:
    """Whether `temp.swept` names every trial that a hold keeps."""
    rows = db.execute(
        "select 1 from staged where held = ? and trial not in (select trial from temp.swept) limit 1", [hold]
    )
    return rows.fetchone() is None


def of_hold(db: Database, hold: int) -> list[str]:
    rows = db.execute("select distinct trial from staged where held = ? order by trial", [hold])
    return [row[0] for row in rows.fetchall()]


def book(
    db: Database,
    booking: Booking,
    registry: str,
    trials: Sequence[str],
    hold: int,
    *,
    fault: Fault | None = None,
) -> None:
    """Write what is believed, some records a transaction; what is written is no longer staged.

    Compared first, for that takes its time and others want to write. A record that was staged against another version
    than the newest is not written: it would take the trial back. fault: told of one that cannot be compared or stored,
    which then holds up no other; without it that is raised.
    """
    ready: list[_Ready] = []
    for trial in trials:
        with _apart(fault, trial, "compared"):
            one = _ready(db, booking, registry, trial, hold)
            if one is not None:
                ready.append(one)
        if len(ready) == AT_ONCE or sum(each.size for each in ready) >= BYTES_AT_ONCE:
            _written(db, booking, registry, ready, hold, fault)
            ready.clear()
    _written(db, booking, registry, ready, hold, fault)


def _written(
    db: Database, booking: Booking, registry: str, ready: Sequence[_Ready], hold: int, fault: Fault | None
) -> None:
    """All of them, or where one of them cannot be, each by itself."""
    before = booking.booked()
    try:
        _write(db, booking, registry, ready, hold)
    except NO_RECORDS_FAULT:
        raise
    except Exception:
        if fault is None:
            raise
        booking.undone(before)
        for one in ready:
            before = booking.booked()
            with _apart(fault, one.trial, "stored", undone=partial(booking.undone, before)):
                _write(db, booking, registry, [one], hold)


@contextmanager
def _apart(
    fault: Fault | None, trial: str, what: str, *, undone: Callable[[], None] = lambda: None
) -> Iterator[None]:
    try:
        yield
    except NO_RECORDS_FAULT:
        raise
    except Exception as error:
        if fault is None:
            raise
        undone()
        fault(trial, what, error)


class _Ready(msgspec.Struct, frozen=True, kw_only=True):
    trial: str
    record: int
    size: int
    told: bool
    seen: Seen | None  # None: past


def _ready(db: Database, booking: Booking, registry: str, trial: str, hold: int) -> _Ready | None:
    """None when it is not staged any more."""
    from snapshots.query import Reader
    from snapshots import codec
    from snapshots.store import Store

    row = db.execute(
        "select raw, mark, told, several, steps, against, id from staged_record where id ="
        " (select record from staged where registry = ? and trial = ? and held = ? limit 1)",
        [registry, trial, hold],
    ).fetchone()
    if row is None:
        return None
    raw = row[0] if row[0].startswith(b"{") else codec.unpack(row[0])  # 0.1 left them as they came
    newest = Store(db).newest(registry, trial)
    version = newest.ref.version if newest is not None else None
    seen: Seen | None = None
    if newest is not None and version is not None and version == row[5]:
        seen = _seen(raw, row[1], row[3], row[4])
        old = Reader(db).record(registry, trial, newest.ref.source, version)
        seen = replace(seen, changes=booking.changes(seen, old, newest.ref))
    return _Ready(trial=trial, record=row[6], size=len(raw), told=bool(row[2]), seen=seen)


def _write(db: Database, booking: Booking, registry: str, ready: Sequence[_Ready], hold: int) -> None:
    if not ready:
        return
    with immediate(db):
        for one in ready:
            gone = db.execute(
                "delete from staged where registry = ? and trial = ? and held = ? and record = ?",
                [registry, one.trial, hold, one.record],
            )
            if gone.rowcount and one.seen is not None:  # else somebody else decided on it meanwhile
                booking.version(one.seen, told=one.told)
                overtaken(db, registry, one.trial)


def clear(db: Database) -> None:
    """Let go of what nothing waits for any more, some a transaction: they may be a whole registry's."""
    for (hold,) in db.execute(
        "select id from held as hold where state not in ('open', 'accepting')"
        " and exists (select 1 from staged where held = hold.id)"
    ).fetchall():
        _delete(db, "held = ?", [hold])
    rows = db.execute(
        "select id from staged_record where not exists (select 1 from staged where record = staged_record.id)"
    ).fetchall()
    for start in range(0, len(rows), AT_ONCE):
        with immediate(db):
            db.conn.executemany(
                "delete from staged_record where id = ?1 and not exists (select 1 from staged where record = ?1)",
                rows[start : start + AT_ONCE],
            )


def _seen(raw: bytes, mark: bytes | None, several: int, steps: str) -> Seen:
    from monitor.polling.booking import Seen
    from snapshots.record import parse
    from snapshots.steps import steps_of
    from snapshots.store import Parsed

    record = parse(raw)
    return Seen(
        record=record,
        parsed=Parsed.of(record),
        fingerprint=mark,
        several=bool(several),
        steps=steps_of(json.loads(steps)),
    )
