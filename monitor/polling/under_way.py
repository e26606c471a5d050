"""Sweeps under way, in the database: how far each has come, so that after a kill the next poll goes on from there.

A page counts only in a transaction after everything on it was stored. A sweep is of one data build: on another it
begins anew, and so does one whose pages do not add up. What it saw stays until its watches have finished the build.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from monitor.polling.pace import Pace
from monitor.registries.base import Begun, Page, Progress
from snapshots.instants import stamp


class UnderWay:
    """One sweep. Every method but `seen` and the properties belongs to the caller's transaction."""

    def __init__(self, db: Database, row: int) -> None:
        self._db = db
        self.row = row

    @property
    def ended(self) -> bool:
        """All pages came."""
        return bool(self._value("ended"))

    @property
    def arrived(self) -> int:
        return int(self._value("arrived"))

    def begun(self) -> Begun | None:
        """From where to go on; None: from the first page."""
        token, size, total, arrived, repeated = self._db.execute(
            "select token, size, total, arrived, repeated from sweep where id = ?", [self.row]
        ).fetchone()
        if token is None:
            return None
        progress = Progress(token=token, size=size, total=total, arrived=arrived, repeated=repeated)
        return Begun(progress=progress, ids=self._ids())

    def pace(self) -> Pace:
        return _pace(self._db.execute(f"select {_PACE} from sweep where id = ?", [self.row]).fetchone())

    def take_up(self) -> None:
        """From here on its pace is measured."""
        self._db.execute("update sweep set pages = 0, seconds = 0 where id = ?", [self.row])

    def advance(self, page: Page, *, wanted: Collection[str], seconds: float) -> None:
        """A page is stored. wanted: ids on it that must be asked for. seconds: since the page before it.

        Of the last page only where everything arrived: else it never came to its end.
        """
        progress = page.progress
        assert progress is not None
        if page.total is not None:
            self.begin_again()
        if progress.token is None and not progress.whole:
            return
        self._db.execute(
            "update sweep set token = ?, size = ?, total = ?, arrived = ?, repeated = ?, ended = ?,"
            " pages = pages + 1, seconds = seconds + ? where id = ?",
            [
                *(progress.token, progress.size, progress.total, progress.arrived, progress.repeated),
                *(int(progress.whole), seconds, self.row),
            ],
        )
        self._db.execute(
            "insert into sweep_page (sweep, trials) values (?, ?)",
            [self.row, json.dumps(list(page.ids), separators=(",", ":"))],
        )
        self._db.conn.executemany(
            "insert or ignore into sweep_wanted (sweep, trial) values (?, ?)",
            [(self.row, trial) for trial in wanted],
        )

    def end(self) -> None:
        """The registry has no more pages."""
        self._db.execute("update sweep set token = null, ended = 1 where id = ?", [self.row])

    def begin_again(self) -> None:
        """Nothing is concluded from what it saw; what was stored of it stays."""
        self._db.execute(
            "update sweep set token = null, total = null, arrived = 0, repeated = 0, ended = 0 where id = ?",
            [self.row],
        )
        self._db.execute("delete from sweep_page where sweep = ?", [self.row])
        self._db.execute("delete from sweep_wanted where sweep = ?", [self.row])

    def wanted(self) -> Iterator[str]:
        """The trials that are asked for and were not fetched, in order; may be read while some are fetched."""
        last = ""
        while rows := self._db.execute(
            "select trial from sweep_wanted where sweep = ? and not fetched and trial > ? order by trial limit 200",
            [self.row, last],
        ).fetchall():
            last = rows[-1][0]
            yield from (row[0] for row in rows)

    def wanting(self) -> int:
        """How many trials are asked for, fetched or not."""
        row = self._db.execute("select count(*) from sweep_wanted where sweep = ?", [self.row]).fetchone()
        return int(row[0])

    def fetched(self, trials: Collection[str]) -> None:
        self._db.conn.executemany(
            "update sweep_wanted set fetched = 1 where sweep = ? and trial = ?",
            [(self.row, trial) for trial in trials],
        )

    def _ids(self) -> Iterator[str]:
        for (row,) in self._db.execute(
            "select id from sweep_page where sweep = ? order by id", [self.row]
        ).fetchall():
            yield from json.loads(
                self._db.execute("select trials from sweep_page where id = ?", [row]).fetchone()[0]
            )

    def _value(self, column: str) -> int:
        value: int = self._db.execute(f"select {column} from sweep where id = ?", [self.row]).fetchone()[0]
        return value


def of(db: Database, *, registry: str, question: str, kind: str, build: str, now: datetime) -> UnderWay:
    """The sweep of a question on a build: where one was begun, that one. Caller owns the transaction."""
    row = db.execute(
        "select id from sweep where registry = ? and kind = ? and question = ? and build = ?",
        [registry, kind, question, build],
    ).fetchone()
    if row is not None:
        return UnderWay(db, row[0])
    cursor = db.execute(
        "insert into sweep (registry, question, kind, build, started_at) values (?, ?, ?, ?, ?)",
        [registry, question, kind, build, stamp(now)],
    )
    assert cursor.lastrowid is not None
    return UnderWay(db, cursor.lastrowid)


def name_seen(db: Database, registry: str, question: str, kind: str) -> None:
    """temp.seen: the trials on all pages of a sweep."""
    db.execute("create temp table if not exists seen (trial text primary key) without rowid")
    with db.atomic():
        db.execute("delete from temp.seen")
        db.execute(
            "insert or ignore into temp.seen select json_each.value from sweep"
            " join sweep_page on sweep_page.sweep = sweep.id, json_each(sweep_page.trials)"
            " where sweep.registry = ? and sweep.question = ? and sweep.kind = ?",
            [registry, question, kind],
        )


def name_fetched(db: Database, registry: str, question: str) -> None:
    """Adds to temp.swept, in the caller's transaction, the trials that its slim sweeps wanted and that were fetched."""
    db.execute(
        "insert or ignore into temp.swept select sweep_wanted.trial from sweep"
        " join sweep_wanted on sweep_wanted.sweep = sweep.id where sweep.registry = ? and sweep.question = ?"
        " and sweep.kind in ('slim', 'posted') and fetched",
        [registry, question],
    )


def forget_older(db: Database, registry: str, build: str) -> None:
    """Sweeps of other builds than this one. Caller owns the transaction."""
    db.execute("delete from sweep where registry = ? and build != ?", [registry, build])


def forget(db: Database, registry: str, questions: Sequence[str]) -> None:
    """What they ask for was concluded from. Caller owns the transaction."""
    db.conn.executemany(
        "delete from sweep where registry = ? and question = ?", [(registry, one) for one in questions]
    )


def any_of(db: Database, registry: str, *, question: str | None = None, kind: str | None = None) -> bool:
    """Whether any sweep of a registry is under way, at its last page or not: any, or one of a question and a kind."""
    rows = db.execute(
        "select 1 from sweep where registry = ?1 and (?2 is null or question = ?2) and (?3 is null or kind = ?3)"
        " limit 1",
        [registry, question, kind],
    )
    return rows.fetchone() is not None


def paces(db: Database) -> list[Pace]:
    """Those that are not at their end."""
    return [
        _pace(row) for row in db.execute(f"select {_PACE} from sweep where not ended order by id").fetchall()
    ]


_PACE = "registry, question, kind, arrived, total, size, pages, seconds"


def _pace(row: Sequence[Any]) -> Pace:
    return Pace(
        registry=row[0],
        question=row[1],
        kind=row[2],
        arrived=row[3],
        total=row[4],
        size=row[5],
        pages=row[6],
        seconds=row[7],
    )
