"""Sessions that somebody logged out of before their time: whoever copied the cookie is out too.

Kept in the database until the session would have ended by itself, by its hash, so that a copy of the file lets nobody
in; looked up with each request that bears a session, so that it holds for every process that serves these pages and
over a restart. Where the database cannot be written, this process alone remembers it.
"""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime

from sqlite_utils import Database

from monitor.logs import log
from monitor.web.access import sessions
from monitor.web.lanes import Lanes
from monitor.web.reading import Reading
from snapshots.database import immediate
from snapshots.errors import SnapshotsError
from snapshots.instants import stamp

MOST_HERE = 10_000  # sessions that this process remembers by itself
_UNREADABLE = (SnapshotsError, sqlite3.Error, OSError)


class Ended:
    def __init__(self, lanes: Lanes, open_database: Callable[[], Database] | None) -> None:
        """open_database: for writing; None: nothing is written."""
        self._lanes = lanes
        self._open = open_database
        self._here: dict[str, None] = {}  # in the order in which they ended

    async def holds(self, session: str) -> bool:
        mark = _mark(session)
        if mark in self._here:
            return True

        def found(reader: Reading) -> bool:
            row = reader.database.execute("select 1 from ended_session where session = ?", [mark]).fetchone()
            return row is not None

        try:
            return await self._lanes.run(found)
        except _UNREADABLE:
            return False  # and no page can be read either

    async def add(self, session: str, now: datetime) -> None:
        """session: a good one."""
        mark = _mark(session)
        self._here[mark] = None
        while len(self._here) > MOST_HERE:
            del self._here[next(iter(self._here))]
        if self._open is None:
            return
        try:
            await asyncio.to_thread(self._write, self._open, mark, sessions.ends(session), now)
        except _UNREADABLE as error:
            log.warning("log-out is remembered until a restart only", problem=str(error))

    def _write(
        self, open_database: Callable[[], Database], mark: str, until: datetime, now: datetime
    ) -> None:
        with closing(open_database()) as db, immediate(db):
            db.execute("delete from ended_session where until < ?", [stamp(now)])
            db.execute("insert or ignore into ended_session values (?, ?)", [mark, stamp(until)])


def _mark(session: str) -> str:
    return hashlib.sha256(session.encode()).hexdigest()
