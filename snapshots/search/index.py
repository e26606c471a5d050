"""Bringing the index of words up to date with the versions and events, some at a time.

Whatever stores or deletes a version queues its trial (a trigger: no writer can forget it). `catch_up` empties the
queue in short transactions, each whole by itself: killed anywhere it goes on from there. The caller is the one
poller; nobody else writes here but `rewrite` of an event.

An index holds no texts. To take one out it is read off its version again; where that version is gone, the document
stays behind, belongs to no trial any more and is never found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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

AT_ONCE = 500  # trials or events in one transaction: about a tenth of a second


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
    while not stopping() and (batch := _batch(db)):
        done += batch
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


def _batch(db: Database) -> int:
    batch = _Batch(db)
    with immediate(db):
        rows = db.execute(
            "select unsearched.trial, trial.updated, searched.document, searched.line, searched.number,"
            " searched.since, searched.digest, searched.stood from unsearched"
            " join trial on trial.key = unsearched.trial"
            " left join searched on searched.trial = unsearched.trial where unsearched.why is null limit ?",
            [AT_ONCE],
        ).fetchall()
        stood = timelines(db, [row[0] for row in rows])
        for key, updated, *known in rows:
            batch.trial(
                key, day_number(updated), None if known[0] is None else _known(*known), stood.get(key, [])
            )
        batch.write()
    return len(rows)


def _known(document: int, line: str, number: int, since: str, digest: bytes, stood: bytes) -> _Known:
    return _Known(
        document=document, source=Source(line), number=number, since=since, digest=digest, stood=stood
    )


class _Batch:
    """Some trials in one transaction. Documents go in and out in the order of their numbers: in any other, SQLite
    would begin a new piece of the index with each."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._bodies = Bodies(db)
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

    def trial(self, key: int, day: int, known: _Known | None, stood: Sequence[Stood]) -> None:
        """day: of the last update."""
        try:
            runs, covered = self._runs(key, stood, known)
        except DamagedVersion as error:
            self._db.execute("update unsearched set why = ? where trial = ?", [str(error), key])
            return
        if known is not None and not covered:
            self._forget_past(key)
        for run, after in pairwise(runs):
            self._add_past(key, run, after.since)
        if runs:
            self._place(key, day, known, runs[-1], stood)
        self._done.append((key,))

    def _runs(self, key: int, stood: Sequence[Stood], known: _Known | None) -> tuple[list[_Run], bool]:
        """The versions by what they say; and whether the first run goes on from what is indexed."""
        runs: list[_Run] = []
        fresh = 0
        if known is not None:
            fresh = 1 + next(
                (
                    place
                    for place, one in enumerate(stood)
                    if (one.source, one.number) == (known.source, known.number)
                ),
                -1,
            )
            if fresh and _seal(stood[:fresh]) == known.stood:
                last = stood[fresh - 1]
                runs.append(_Run(stood=last, since=known.since, texts=None, digest=known.digest))
            else:
                fresh = 0
        for one in stood[fresh:]:
            texts = wording(self._bodies.read(key, one.source, one.number))
            same = digest(texts)
            since = one.since
            if runs and runs[-1].digest == same:
                since = runs.pop().since
            runs.append(_Run(stood=one, since=since, texts=texts, digest=same))
        return runs, fresh > 0

    def _place(self, key: int, day: int, known: _Known | None, run: _Run, stood: Sequence[Stood]) -> None:
        """What the record says now."""
        row = (run.stood.source.value, run.stood.number, run.since, run.digest, _seal(stood))
        old: tuple[str, ...] | None = None
        if known is not None:
            stays = known.document // DAY_ROOM == day and known.digest == run.digest
            old = None if stays else self._again(key, known.source, known.number, known.digest)
            if stays or (run.texts is None and old is None):
                self._db.execute(
                    "update searched set line = ?, number = ?, since = ?, digest = ?, stood = ?"
                    " where document = ?",
                    [*row, known.document],
                )
                return
        document = self._free(day)
        if known is not None and old is not None:
            self._out["search_now"].append((known.document, old))
            self._db.execute("delete from searched where document = ?", [known.document])
        elif known is not None:
            self._db.execute("update searched set trial = null where document = ?", [known.document])
        texts = run.texts if run.texts is not None else old
        assert texts is not None
        self._in["search_now"].append((document, texts))
        self._rows.append((key, *row, document))

    def _add_past(self, key: int, run: _Run, until: str) -> None:
        texts = run.texts
        if texts is None:
            texts = self._again(key, run.stood.source, run.stood.number, run.digest)
        if texts is None:  # its version is gone: nobody can read what it said
            return
        cursor = self._db.execute(
            "insert into searched_past (trial, line, number, since, until, digest) values (?, ?, ?, ?, ?, ?)",
            [key, run.stood.source.value, run.stood.number, run.since, until, run.digest],
        )
        assert cursor.lastrowid is not None
        self._in["search_past"].append((cursor.lastrowid, texts))

    def _forget_past(self, key: int) -> None:
        rows = self._db.execute(
            "select id, line, number, digest from searched_past where trial = ?", [key]
        ).fetchall()
        for row, line, number, expected in rows:
            texts = self._again(key, Source(line), number, expected)
            if texts is not None:
                self._out["search_past"].append((row, texts))
        self._db.execute("delete from searched_past where trial = ?", [key])

    def _again(self, key: int, source: Source, number: int, expected: bytes) -> tuple[str, ...] | None:
        """The texts of a version once more; None when it is not there any more, or says something else."""
        try:
            texts = wording(self._bodies.read(key, source, number))
        except DamagedVersion:
            return None
        return texts if digest(texts) == expected else None

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
