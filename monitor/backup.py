"""A copy of the database while it is written to: whole, looked through, and under its name only then."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlite_utils import Database

from monitor.placed import PlaceError, check, no_folder, placed
from snapshots.database import copy_database
from snapshots.query import Reader


class Unsound(Exception):
    """The copy is not sound, so the database is not; nothing was kept."""

    hint = "`trialbell doctor` looks at the database; put an older copy in its place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    path: Path
    size: int  # bytes
    versions: int
    events: int
    checked: bool


def back_up(
    database: Path,
    target: Path,
    *,
    force: bool = False,
    verify: bool = True,
    told: Callable[[str], object] = lambda words: None,
) -> Copied:
    """Copy `database`, which may be written to meanwhile, to `target`.

    verify: look through the copy before it gets its name. told: how far it has come.
    PlaceError, Unsound, and the errors of `open_database`.
    """
    no_folder(target)
    _check_apart(database, target)
    check(target, force=force)
    size = database.stat().st_size
    free = shutil.disk_usage(target.absolute().parent).free
    if free < size:
        raise PlaceError(
            f"not enough room for {_megabytes(size)}: {_megabytes(free)} are free in `{target.absolute().parent}`",
            hint="make room, or name a file on another disk",
            full=True,
        )
    with placed(target, force=force) as unfinished:
        try:
            copy_database(database, unfinished, told=lambda done, pages: told(f"copying: {done / pages:.0%}"))
        except sqlite3.Error as error:
            raise PlaceError(
                f"the copy could not be written, nothing was kept: {error}", full=True
            ) from error
        unfinished.chmod(database.stat().st_mode & 0o777)
        address = (
            f"file:{quote(str(unfinished.absolute()))}?mode=ro&immutable=1"  # nothing beside it, not even now
        )
        with closing(Database(sqlite3.connect(address, uri=True), execute_plugins=False)) as copy:
            if verify:
                told("looking through the copy")
                _look_through(copy)
            versions, events = copy.execute(
                "select (select count(*) from version), (select count(*) from event)"
            ).fetchone()
        size = unfinished.stat().st_size
    return Copied(path=target, size=size, versions=versions, events=events, checked=verify)


def _check_apart(database: Path, target: Path) -> None:
    """Of all files the database must not be replaced by its copy, nor what SQLite and the lease keep beside it."""
    there = database.resolve()
    own = [there, *(there.with_name(there.name + ending) for ending in ("-wal", "-shm", "-journal", ".lock"))]
    if target.resolve() in own or (target.exists() and target.samefile(database)):
        raise PlaceError(f"this is the database itself, or part of it: `{target}`", hint="name another file")
    log = target.with_name(target.name + "-wal")
    if log.exists() and log.stat().st_size:  # SQLite would take it for the copy's own
        raise PlaceError(
            f"a database with this name is written to, or was left so: `{log}` is there",
            hint="close what has it open, or name another file",
        )


def _look_through(copy: Database) -> None:
    answer = copy.execute("pragma quick_check(1)").fetchone()[0]
    problems = [answer] if answer != "ok" else Reader(copy).check_ledger(bodies=False)
    if problems:
        more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
        raise Unsound(f"the database is damaged, no copy was kept: {problems[0]}{more}")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
