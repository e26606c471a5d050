"""Bringing the index of words up to date with the versions and events, some at a time.

Whatever stores or deletes a version queues its trial (a trigger: no writer can forget it). `catch_up` empties the
queue in short transactions, each whole by itself: killed anywhere it goes on from there. What it writes it has read
before: while texts are read off, which takes most of the time, others may write. The caller is the one poller;
nobody else writes here but `rewrite` of an event.

An index holds no texts. To take one out it is read off its version again; where that version is gone, the document
stays behind, belongs to no trial any more and is never found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from sqlite_utils import Database

from snapshots import events
from snapshots.bodies import Bodies
from snapshots.changeset import Source
from snapshots.database import immediate
from snapshots.errors import DamagedVersion
from snapshots.event import Event
from snapshots.search import CHANGE_COLUMNS, COLUMNS, DAY_ROOM, MANNER, day_number, is_behind
from snapshots.search.wording import digest, event_wording, wording
from snapshots.timeline import Stood, timelines

AT_ONCE = 500  # versions or events in one transaction: about a tenth of a second
TEXT_AT_ONCE = 4_000_000  # characters of texts, that too
TIMELINES_AT_ONCE = 50  # trials; with a long past each, one batch gets through no more


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Versions one after the other with the same texts. Read off the last of them."""

    stood: Stood
    since: str
    texts: tuple[str, ...] | None  # None: indexed already
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What stands in the index of what a trial's record says now."""

    document: int
    source: Source
    number: int
    since: str
    digest: bytes
    stood: bytes


def catch_up(db: Database, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Index whatever is behind; returns how many trials and events were. Owns its transactions.

    stopping: asked between two transactions; the rest is for the next call.
    """
    if not is_behind(db):
        return 0
    if db.execute("select manner from search_state").fetchone()[0] != MANNER:
        _begin_anew(db)
    done = 0
    while not stopping() and (ended := _batch(db)) is not None:
        done += ended
    while not stopping() and (batch := _event_batch(db)):
        done += batch
    return done


def rewrite(db: Database, now: Event) -> None:
    """An event was computed anew: called before it is written, in the caller's transaction."""
    row = db.execute(
        "select sequence from event where id = ? and sequence <= (select event from search_state)", [now.id]
    ).fetchone()
    if row is not None:
        [(sequence, was)] = events.read(db, [row[0]])
        _take_out(db, "search_change", CHANGE_COLUMNS, [(sequence, event_wording(was))])
        _put_in(db, "search_change", CHANGE_COLUMNS, [(sequence, event_wording(now))])


def _begin_anew(db: Database) -> None:
    """This version of the code reads other texts off a record, or none were read yet."""
    with immediate(db):
        for name in ("search_now", "search_past", "search_change"):
            db.execute(f"insert into {name} ({name}) values ('delete-all')")
        db.execute("delete from searched")
        db.execute("delete from searched_past")
        db.execute("delete from unsearched")
        db.execute("insert into unsearched (trial) select key from trial")
        db.execute("update search_state set manner = ?, event = 0", [MANNER])


def _event_batch(db: Database) -> int:
    with immediate(db):
        rows = db.execute(
            "select sequence from event where sequence > (select event from search_state)"
            " order by sequence limit ?",
            [AT_ONCE],
        ).fetchall()
        found = events.read(db, [row[0] for row in rows])
        _put_in(db, "search_change", CHANGE_COLUMNS, [(one, event_wording(event)) for one, event in found])
        if rows:
            db.execute("update search_state set event = ?", [rows[-1][0]])
    return len(rows)


def _batch(db: Database) -> int | None:
    """Some versions read, then written; how many trials were done with. None: none waits."""
    with _one_state(db):
        before = _state(db)
        reading = _Reading(db)
        rows = _queued(db, "unsearched.why is null limit ?", [AT_ONCE])
        for start in range(0, len(rows), TIMELINES_AT_ONCE):
            some = rows[start : start + TIMELINES_AT_ONCE]
            stood = timelines(db, [row[0] for row in some])
            for row in some:
                if reading.full:
                    break
                reading.trial(row, stood.get(row[0], []))
    if not rows:
        return None
    with immediate(db):
        found = reading.found
        if _state(db) != before:  # somebody wrote meanwhile: what is of these trials waits for the next batch
            found = _unchanged(db, found)
        writing = _Writing(db)
        for one in found:
            writing.trial(one)
        writing.write()
    return sum(one.ended for one in found)


@contextmanager
def _one_state(db: Database) -> Iterator[None]:
    """All that is read within is of one moment."""
    db.conn.execute("BEGIN")
    try:
        yield
    finally:
        db.conn.execute("COMMIT")


def _state(db: Database) -> int:
    """Another number once another connection has written."""
    number: int = db.execute("pragma data_version").fetchone()[0]
    return number


def _queued(db: Database, which: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """(key, day of the last update, the seven columns of what is known) of trials that wait."""
    return db.execute(
        "select unsearched.trial, trial.updated, searched.document, searched.line, searched.number,"
        " searched.since, searched.digest, searched.stood from unsearched"
        " join trial on trial.key = unsearched.trial"
        f" left join searched on searched.trial = unsearched.trial where {which}",
        list(values),
    ).fetchall()


def _unchanged(db: Database, found: Sequence[_Found]) -> list[_Found]:
    keys = [one.key for one in found]
    rows = {row[0]: row for row in _queued(db, f"unsearched.trial in ({','.join('?' * len(keys))})", keys)}
    stood = timelines(db, keys)
    return [
        one for one in found if rows.get(one.key) == one.row and list(one.stood) == stood.get(one.key, [])
    ]


def _known(document: int, line: str, number: int, since: str, digest: bytes, stood: bytes) -> _Known:
    return _Known(
        document=document, source=Source(line), number=number, since=since, digest=digest, stood=stood
    )


@dataclass(slots=True, kw_only=True)
class _Found:
    """What was read of one trial, to be written."""

    row: tuple[Any, ...]  # as `_queued` gave it
    stood: Sequence[Stood]
    known: _Known | None = None
    covered: int = 0  # versions of `stood` that are in the index once this is written
    runs: list[_Run] = field(default_factory=list)  # the first goes on from what is indexed, where `goes_on`
    goes_on: bool = False
    old: tuple[str, ...] | None = (
        None  # what stands in the index and has to go; None: it cannot be read any more
    )
    out: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)  # of `searched_past`, what has to go
    why: str | None = None  # a version that cannot be read

    @property
    def key(self) -> int:
        return int(self.row[0])

    @property
    def day(self) -> int:
        return day_number(self.row[1])

    @property
    def ended(self) -> bool:
        return self.why is not None or self.covered == len(self.stood)

    @property
    def stays(self) -> bool:
        """What stands in the index says what the last run says, in its place."""
        return (
            self.known is not None
            and bool(self.runs)
            and self.known.document // DAY_ROOM == self.day
            and self.known.digest == self.runs[-1].digest
        )


class _Reading:
    """Reads what a batch is to write, until it is enough. A long past may be cut anywhere: what was covered is as if
    no version had followed, and the next batch goes on from there."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._bodies = Bodies(db)
        self._versions = 0
        self._text = 0
        self.found: list[_Found] = []

    @property
    def full(self) -> bool:
        return self._versions >= AT_ONCE or self._text >= TEXT_AT_ONCE

    def trial(self, row: tuple[Any, ...], stood: Sequence[Stood]) -> None:
        one = _Found(row=row, stood=stood)
        if row[2] is not None:
            one.known = _known(*row[2:])
        try:
            self._runs(one)
        except DamagedVersion as error:
            one.why = str(error)
        self.found.append(one)
        known = one.known
        if known is None or one.why is not None:
            return
        if one.runs and not one.stays:
            one.old = self._again(one.key, known.source, known.number, known.digest)
        if not one.goes_on:
            one.out = [
                (row, texts)
                for row, line, number, expected in self._db.execute(
                    "select id, line, number, digest from searched_past where trial = ?", [one.key]
                ).fetchall()
                if (texts := self._again(one.key, Source(line), number, expected)) is not None
            ]
        elif len(one.runs) > 1:
            texts = one.old or self._again(one.key, known.source, known.number, known.digest)
            one.runs[0] = replace(one.runs[0], texts=texts)

    def _runs(self, one: _Found) -> None:
        """The versions by what they say, from where the index has them."""
        stood, known = one.stood, one.known
        fresh = 0
        if known is not None:
            here = (known.source, known.number)
            fresh = 1 + next((at for at, each in enumerate(stood) if (each.source, each.number) == here), -1)
            if fresh and _seal(stood[:fresh]) == known.stood:
                last = stood[fresh - 1]
                one.goes_on = True
                one.runs.append(_Run(stood=last, since=known.since, texts=None, digest=known.digest))
            else:
                fresh = 0
        one.covered = fresh
        for each in stood[fresh:]:
            if self.full and one.covered > fresh:
                return
            texts = self._read(one.key, each.source, each.number)
            same = digest(texts)
            since = each.since
            if one.runs and one.runs[-1].digest == same:
                since = one.runs.pop().since
            one.runs.append(_Run(stood=each, since=since, texts=texts, digest=same))
            one.covered += 1

    def _read(self, key: int, source: Source, number: int) -> tuple[str, ...]:
        texts = wording(self._bodies.read(key, source, number))
        self._versions += 1
        self._text += sum(map(len, texts))
        return texts

    def _again(self, key: int, source: Source, number: int, expected: bytes) -> tuple[str, ...] | None:
        """The texts of a version once more; None when it is not there any more, or says something else."""
        try:
            texts = self._read(key, source, number)
        except DamagedVersion:
            return None
        return texts if digest(texts) == expected else None


class _Writing:
    """In one transaction. Documents go in and out in the order of their numbers: in any other, SQLite would begin a
    new piece of the index with each."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._in: dict[str, list[tuple[int, tuple[str, ...]]]] = {"search_now": [], "search_past": []}
        self._out: dict[str, list[tuple[int, tuple[str, ...]]]] = {"search_now": [], "search_past": []}
        self._rows: list[tuple[Any, ...]] = []  # of `searched`
        self._done: list[tuple[int]] = []
        self._last: dict[int, int] = {}  # day → the highest number of a document given to it

    def write(self) -> None:
        for name in ("search_now", "search_past"):
            _take_out(self._db, name, COLUMNS, sorted(self._out[name]))
            _put_in(self._db, name, COLUMNS, sorted(self._in[name]))
        self._db.conn.executemany(
            "insert into searched (trial, line, number, since, digest, stood, document)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            self._rows,
        )
        self._db.conn.executemany("delete from unsearched where trial = ?", self._done)

    def trial(self, one: _Found) -> None:
        if one.why is not None:
            self._db.execute("update unsearched set why = ? where trial = ?", [one.why, one.key])
            return
        if one.known is not None and not one.goes_on:
            self._out["search_past"] += one.out
            self._db.execute("delete from searched_past where trial = ?", [one.key])
        for run, after in pairwise(one.runs):
            self._add_past(one.key, run, after.since)
        if one.runs:
            self._place(one, one.runs[-1])
        if one.ended:
            self._done.append((one.key,))

    def _place(self, one: _Found, run: _Run) -> None:
        """What the record says now."""
        row = (
            run.stood.source.value,
            run.stood.number,
            run.since,
            run.digest,
            _seal(one.stood[: one.covered]),
        )
        known = one.known
        if known is not None and (one.stays or (run.texts is None and one.old is None)):
            self._db.execute(
                "update searched set line = ?, number = ?, since = ?, digest = ?, stood = ? where document = ?",
                [*row, known.document],
            )
            return
        document = self._free(one.day)
        if known is not None and one.old is not None:
            self._out["search_now"].append((known.document, one.old))
            self._db.execute("delete from searched where document = ?", [known.document])
        elif known is not None:
            self._db.execute("update searched set trial = null where document = ?", [known.document])
        texts = run.texts if run.texts is not None else one.old
        assert texts is not None
        self._in["search_now"].append((document, texts))
        self._rows.append((one.key, *row, document))

    def _add_past(self, key: int, run: _Run, until: str) -> None:
        if run.texts is None:  # its version is gone: nobody can read what it said
            return
        cursor = self._db.execute(
            "insert into searched_past (trial, line, number, since, until, digest) values (?, ?, ?, ?, ?, ?)",
            [key, run.stood.source.value, run.stood.number, run.since, until, run.digest],
        )
        assert cursor.lastrowid is not None
        self._in["search_past"].append((cursor.lastrowid, run.texts))

    def _free(self, day: int) -> int:
        """A number for a document of that day; of one soon after, where a day has no room left."""
        while True:
            first = day * DAY_ROOM
            last = self._last.get(day)
            if last is None:
                last = self._db.execute(
                    "select coalesce(max(document), ?) from searched where document >= ? and document < ?",
                    [first, first, first + DAY_ROOM],
                ).fetchone()[0]
            if last + 1 < first + DAY_ROOM:
                self._last[day] = last + 1
                return last + 1
            day += 1


def _seal(stood: Sequence[Stood]) -> bytes:
    """Tells one past of a trial from another: which versions stood, since when."""
    named = "\n".join(f"{one.source.value} {one.number} {one.since}" for one in stood)
    return hashlib.blake2b(named.encode(), digest_size=8).digest()


def _put_in(
    db: Database, table: str, columns: Sequence[str], rows: Sequence[tuple[int, tuple[str, ...]]]
) -> None:
    marks = ", ".join("?" * len(columns))
    db.conn.executemany(
        f"insert into {table} (rowid, {', '.join(columns)}) values (?, {marks})",
        [(number, *texts) for number, texts in rows],
    )


def _take_out(
    db: Database, table: str, columns: Sequence[str], rows: Sequence[tuple[int, tuple[str, ...]]]
) -> None:
    """The texts must be those that were put in."""
    marks = ", ".join("?" * len(columns))
    db.conn.executemany(
        f"insert into {table} ({table}, rowid, {', '.join(columns)}) values ('delete', ?, {marks})",
        [(number, *texts) for number, texts in rows],
    )
