"""Opening the database file, and the one kind of transaction in which we write.

A file that is opened for writing is brought up to date first, all pending migrations in one transaction,
after a copy beside it. A reader never creates, never migrates, never writes. A connection belongs to the
thread that opened it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from snapshots.errors import DatabaseHeld, DatabaseNewer, NoDatabase, SnapshotsError

PAGES_AT_ONCE = 1_000  # of a copy, between two words on how far it has come


def open_database(
    path: Path,
    migrations: Sequence[Migrations],
    *,
    create: bool = True,
    readonly: bool = False,
    busy_timeout: float = 5.0,
) -> Database:
    """Open the database at `path`; `migrations` are all sets that this program knows.

    create: make the file when there is none (its folder must exist). readonly: implies no creating.
    busy_timeout: seconds to wait for another process's transaction.

    NoDatabase, DatabaseHeld, DatabaseNewer, SnapshotsError (no SQLite file, not ours, behind and opened
    read-only). On any error the connection is closed and the file is as it was.
    """
    _check_place(path, create=create and not readonly)
    database: Database | None = None
    try:
        database = _connect(path, readonly=readonly, busy_timeout=busy_timeout)
        applied = _applied(database, path)
        _check_known(path, applied, migrations)
        if readonly:
            _check_complete(path, applied, migrations)
        else:
            _prepare(database)
            if _pending(applied, migrations):
                _migrate(database, path, migrations)
    except sqlite3.Error as error:
        if database is not None:
            database.close()
        _raise_translated(error, path)
    except BaseException:
        if database is not None:
            database.close()
        raise
    return database


@contextmanager
def immediate(db: Database) -> Iterator[None]:
    """A transaction begun as a writer, so that what was read in it still holds when it writes.

    DatabaseHeld when another process does not let go within the busy timeout. Any exception rolls all back.
    Does not nest: the caller of a store owns the transaction.
    """
    try:
        db.conn.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        _raise_translated(error)
    try:
        yield
        db.conn.execute("COMMIT")
    except BaseException as error:
        if db.conn.in_transaction:  # a full disk has rolled back by itself
            db.conn.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error):
            _raise_translated(error)
        raise


def settle_log(db: Database) -> bool:
    """At a quiet moment: bring all that is in the write-ahead log into the file and empty the log, if nobody reads an
    older state just now. Waits for nobody. Returns whether it is empty.

    SQLite does the first by itself, but a log that grew, under a reader that stayed long, keeps its size.
    """
    if db.conn.in_transaction:
        raise ValueError("within a transaction the log cannot be emptied")
    timeout = db.conn.execute("PRAGMA busy_timeout").fetchone()[0]
    db.conn.execute("PRAGMA busy_timeout = 0")
    try:
        busy: int = db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        db.conn.execute(f"PRAGMA busy_timeout = {timeout}")
    return not busy


def copy_database(
    path: Path,
    target: Path,
    *,
    told: Callable[[int, int], object] | None = None,
    at_once: int = PAGES_AT_ONCE,
) -> None:
    """A consistent copy in a new file, beside whoever writes. told: pages copied, of how many; it may raise.

    One state is held while the pages are copied: a copy in steps begins anew whenever another process has written,
    and under a poll that is always. The errors of `open_database`.
    """

    def progress(status: int, left: int, pages: int) -> None:
        if told is not None:
            told(pages - left, pages)

    try:
        address = f"file:{quote(str(path.resolve()))}?mode=ro"
        with (
            closing(sqlite3.connect(address, uri=True)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.execute("BEGIN")
            source.execute("SELECT 1 FROM sqlite_master").fetchone()
            source.backup(copy, pages=at_once, progress=progress)
    except sqlite3.Error as error:
        _raise_translated(error)


def _check_place(path: Path, *, create: bool) -> None:
    if path.is_dir():
        raise NoDatabase(f"a folder, not a database: `{path}`", hint="name a file in it")
    if path.exists():
        return
    if not create:
        raise NoDatabase(
            f"no trialbell database at this path: `{path}`",
            hint="`trialbell check` or `trialbell run` makes one; `--db` names another",
        )
    if not path.parent.is_dir():
        raise NoDatabase(f"no such folder for the database: `{path.parent}`", hint="make the folder first")


def _connect(path: Path, *, readonly: bool, busy_timeout: float) -> Database:
    if not readonly:
        return _database(sqlite3.connect(path, timeout=busy_timeout))
    address = f"file:{quote(str(path.resolve()))}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=busy_timeout)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        if os.access(path.resolve().parent, os.W_OK):
            raise
        # In a folder that cannot be written the shared memory beside the file cannot be made, and nobody
        # writes to it either.
        connection = sqlite3.connect(address + "&immutable=1", uri=True, timeout=busy_timeout)
    return _database(connection)


def _database(connection: sqlite3.Connection) -> Database:
    # Plugins of sqlite-utils that happen to be installed have no business in this file.
    database = Database(connection, execute_plugins=False, strict=True)
    database.conn.execute("PRAGMA foreign_keys = ON")
    return database


def _prepare(database: Database) -> None:
    if database.conn.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        database.conn.execute("PRAGMA journal_mode = WAL")
    database.conn.execute("PRAGMA synchronous = FULL")


def _applied(database: Database, path: Path) -> set[tuple[str, str]] | None:
    """(set, name) of each migration on record; None in a file without tables."""
    tables = {row[0] for row in database.conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if Migrations.migrations_table in tables:
        rows = database.conn.execute(f"SELECT migration_set, name FROM {Migrations.migrations_table}")
        return {(row[0], row[1]) for row in rows}
    if tables:
        raise SnapshotsError(
            f"a SQLite database, but not one of trialbell's: `{path}`",
            hint="nothing was changed in it; name another file with `--db` or `[store] path`",
        )
    return None


def _pending(applied: set[tuple[str, str]] | None, migrations: Sequence[Migrations]) -> list[str]:
    """`set-name` of what this program would do to the file, in order."""
    known = applied or set()
    return [
        f"{one.name}-{migration.name}"
        for one in migrations
        for migration in one._migrations  # the only list of them that needs no database
        if (one.name, migration.name) not in known
    ]


def _check_known(path: Path, applied: set[tuple[str, str]] | None, migrations: Sequence[Migrations]) -> None:
    ours = {(one.name, migration.name) for one in migrations for migration in one._migrations}
    foreign = sorted(f"{one}-{name}" for one, name in (applied or set()) - ours)
    if foreign:
        raise DatabaseNewer(
            f"the database was written by a newer trialbell ({foreign[0]} is unknown here): `{path}`",
            hint="upgrade trialbell, or name another file with `--db`",
        )


def _check_complete(
    path: Path, applied: set[tuple[str, str]] | None, migrations: Sequence[Migrations]
) -> None:
    if applied is None:
        raise NoDatabase(
            f"an empty file, no trialbell database yet: `{path}`",
            hint="`trialbell check` or `trialbell run` fills it",
        )
    if _pending(applied, migrations):
        raise SnapshotsError(
            f"the database is of an older trialbell and must be brought up to date first: `{path}`",
            hint="run `trialbell status` once, where the file may be written; it keeps a copy beside it",
        )


def _migrate(database: Database, path: Path, migrations: Sequence[Migrations]) -> None:
    """All that is pending, or nothing of it. Held against other processes from the first look to the end."""
    with immediate(database):
        applied = _applied(database, path)
        _check_known(path, applied, migrations)
        pending = _pending(applied, migrations)
        if not pending:
            return
        if applied is not None:
            _back_up(path, path.with_name(f"{path.name}.before-{pending[0]}"))
        for one in migrations:
            one.apply(database)


def _back_up(path: Path, target: Path) -> None:
    """A consistent copy, complete or not there at all."""
    unfinished = target.with_name(target.name + ".part")
    unfinished.unlink(missing_ok=True)
    copy_database(path, unfinished)
    unfinished.replace(target)


def _raise_translated(error: sqlite3.Error, path: Path | None = None) -> NoReturn:
    """Raise the error that says what a person can do about it; the one given where there is none."""
    where = f": `{path}`" if path is not None else ""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise DatabaseHeld(
            f"another process is writing to the database and did not let go in time{where}",
            hint="another program writes to it: try again, or close what has it open",
        ) from error
    if code == sqlite3.SQLITE_NOTADB:
        raise SnapshotsError(f"not a SQLite database{where}", hint="name another file with `--db`") from error
    if code == sqlite3.SQLITE_CORRUPT:
        raise SnapshotsError(
            f"the database is damaged ({error}){where}",
            hint="put a copy of the database in its place",
        ) from error
    if code == sqlite3.SQLITE_READONLY:
        raise SnapshotsError(
            f"the database cannot be written{where}", hint="look at the file's owner and its folder's"
        ) from error
    if code == sqlite3.SQLITE_FULL:
        raise SnapshotsError(
            f"the disk is full, nothing of this step was stored{where}", hint="make room, then try again"
        ) from error
    if code == sqlite3.SQLITE_CANTOPEN:
        raise SnapshotsError(
            f"the database cannot be opened{where}", hint="look at the file's owner and its folder's"
        ) from error
    raise error
