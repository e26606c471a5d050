"""The database as pages read it: one read-only connection, which belongs to one thread.

A page reads one state of the database, whatever is written meanwhile; a file that another took the place of is opened
anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from monitor.web.reading import Reading
from snapshots.errors import SnapshotsError

T = TypeVar("T")


class Opened:
    """All methods belong to the thread that called the first of them."""

    def __init__(self, open_database: Callable[[], Database]) -> None:
        self._open = open_database
        self._database: Database | None = None
        self._file: _File | None = None

    def read(self, work: Callable[[Reading], T]) -> T:
        """Raises SnapshotsError where the database cannot be read, and what `work` raises."""
        try:
            return self._read(self._current(), work)
        except sqlite3.Error as error:
            self.close()  # what is wrong may be mended: the next page opens it anew
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
        if self._database is not None and _file(self._database) != self._file:
            self.close()
        if self._database is None:
            self._database = self._open()
            self._file = _file(self._database)
        return self._database

    def close(self) -> None:
        if self._database is not None:
            with suppress(sqlite3.Error):  # it is being thrown away
                self._database.close()
            self._database = None


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
