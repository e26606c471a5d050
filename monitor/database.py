"""The one database file: which tables are in it, and how it is opened. A connection belongs to one thread."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlite_utils import Database

import monitor.schema
import notifiers.schema
import snapshots.schema
from snapshots.database import open_database

ALL = (snapshots.schema.MIGRATIONS, notifiers.schema.MIGRATIONS, monitor.schema.MIGRATIONS)


def open_for_writing(path: Path) -> Database:
    """Creates the file and applies what migrations are pending, after a backup."""
    return open_database(path, ALL)


def open_for_reading(path: Path) -> Database:
    """Changes nothing in the file. Raises NoDatabase when there is none."""
    return open_database(path, ALL, create=False, readonly=True)


class Connections:
    """One writing connection a thread, opened when first asked for; each thread closes its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()

    def here(self) -> Database:
        """This thread's connection."""
        found: Database | None = getattr(self._local, "db", None)
        if found is None:
            found = self._local.db = open_for_writing(self.path)
        return found

    def close(self) -> None:
        """This thread's connection."""
        found: Database | None = getattr(self._local, "db", None)
        if found is not None:
            found.close()
            self._local.db = None
