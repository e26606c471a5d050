"""Page functions run in a few threads, each with its own read-only connection: it belongs to its thread.

Requests wait for a free lane, so that a burst costs time and neither memory nor connections. A page reads one
state of the database, whatever is written meanwhile; a file that another took the place of is opened anew.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from monitor.web.reading import Reading
from snapshots.errors import SnapshotsError

T = TypeVar("T")

LANES = 4


class Lane:
    """One thread and its connection. All methods but `run` and `close` belong to that thread."""

    def __init__(self, open_database: Callable[[], Database], number: int) -> None:
        self._open = open_database
        self._database: Database | None = None
        self._opened: _File | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"page-{number}")

    async def run(self, work: Callable[[Reading], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._work, work)

    def _work(self, work: Callable[[Reading], T]) -> T:
        try:
            return self._read(self._current(), work)
        except sqlite3.Error as error:
            self._let_go()  # what is wrong may be mended: the next page opens it anew
            raise SnapshotsError(
                f"the database could not be read: `{error}`", hint="look at `trialbell doctor`"
            ) from error

    def _read(self, database: Database, work: Callable[[Reading], T]) -> T:
        """In one transaction: a version listed and its body, which a writer may be moving, are of one state."""
        database.conn.execute("BEGIN")
        try:
            return work(Reading(database))
        finally:
            if database.conn.in_transaction:
                database.conn.execute("ROLLBACK")

    def _current(self) -> Database:
        """The connection, opened anew where a restored copy took the file's place or a newer program changed its
        tables: the old one would go on reading what nobody else sees, and never say so."""
        if self._database is not None and _file(self._database) != self._opened:
            self._let_go()
        if self._database is None:
            self._database = self._open()
            self._opened = _file(self._database)
        return self._database

    def _let_go(self) -> None:
        if self._database is not None:
            with suppress(sqlite3.Error):  # it is being thrown away
                self._database.close()
            self._database = None

    def close(self) -> None:
        self._thread.submit(self._let_go).result()
        self._thread.shutdown()


_File = tuple[int, int, int]  # device, inode, and the number that changes with every change of tables


def _file(database: Database) -> _File | None:
    """Which file lies now where this connection's was opened; None when there is none."""
    path = database.conn.execute("PRAGMA database_list").fetchone()[2]
    try:
        found = Path(path).stat()
    except OSError:
        return None
    tables: int = database.conn.execute("PRAGMA schema_version").fetchone()[0]
    return found.st_dev, found.st_ino, tables


class Lanes:
    """All lanes of one application. Make and use it within one event loop at a time."""

    def __init__(self, open_database: Callable[[], Database], count: int = LANES) -> None:
        self._lanes = [Lane(open_database, number) for number in range(count)]
        self._free: asyncio.LifoQueue[Lane] = asyncio.LifoQueue()  # the warmest first
        for lane in self._lanes:
            self._free.put_nowait(lane)

    async def run(self, work: Callable[[Reading], T]) -> T:
        """Run `work` with a reader, in a lane's thread."""
        lane = await self._free.get()
        try:
            return await lane.run(work)
        finally:
            self._free.put_nowait(lane)

    def close(self) -> None:
        """Ends the threads and closes their connections."""
        for lane in self._lanes:
            lane.close()
