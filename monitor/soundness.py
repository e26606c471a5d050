"""Whether the database is sound: at a glance, or everything in it held against its hashes.

Reads, and in short transactions only: the service may write meanwhile, and its write-ahead log is not held up for
longer than one table takes to be read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from sqlite_utils import Database

from snapshots import ledger
from snapshots.integrity import damage
from snapshots.terms import counted

QUICK_FILE = 500_000_000  # bytes up to which SQLite looks at every page without being asked to
QUICK_ENTRIES = 10_000  # of the ledger, the newest
# Their rows are held against each other version by version.
_WALKED = ("version", "body", "head", "ledger")
MENDING = (
    "stop `trialbell run`, put a copy made before in the place of the file (`trialbell backup` makes them) and poll;"
    " without one, all but what is named here still reads well"
)

Said = tuple[bool | None, str]  # good (None: what to do), one line


def at_a_glance(db: Database) -> Iterator[Said]:
    pages, size = (db.execute(f"pragma {name}").fetchone()[0] for name in ("page_count", "page_size"))
    if pages * size <= QUICK_FILE:
        answer = db.execute("pragma quick_check(1)").fetchone()[0]
        yield answer == "ok", "sound" if answer == "ok" else answer
    else:
        yield True, f"opens, {pages * size / 1e9:.1f} GB (`trialbell doctor --deep` looks at everything)"
    problems = list(ledger.problems(db, newest=QUICK_ENTRIES))
    if problems:
        yield (
            False,
            f"{problems[0]} ({counted(len(problems), 'problem')}); `trialbell doctor --deep` says more",
        )
    else:
        yield True, "ledger: whole"


def in_depth(db: Database, progress: Callable[[str], object] = lambda further: None) -> Iterator[Said]:
    """Every row and every body. progress: called with how far it has come, in words."""
    good = True
    for said in _everything(db, progress):
        good = False
        yield said
    if good:
        trials, versions, entries = (
            db.execute(f"select count(*) from {table}").fetchone()[0]
            for table in ("trial", "version", "ledger")
        )
        yield (
            True,
            f"every one of {counted(versions, 'version')} of {counted(trials, 'trial')} has its hash, in a ledger of"
            f" {counted(entries, 'entry', 'entries')}",
        )
    else:
        yield None, MENDING


def _everything(db: Database, progress: Callable[[str], object]) -> Iterator[Said]:
    """What is wrong. SQLite raises over pages that make no sense to it, wherever it meets them: that is said too."""
    try:
        for table in _tables(db):
            progress(f"table {table}")
            wrong = _wrong(db, table)
            if wrong is not None:
                yield False, f"table {table}: {wrong}"
        trials = db.execute("select count(*) from trial").fetchone()[0]

        def far(done: int) -> None:
            progress(f"versions of {done:,} of {counted(trials, 'trial')}")

        for line in damage(db, progress=far):
            yield False, line
    except sqlite3.DatabaseError as error:
        yield False, f"the rest cannot be read: {error}"


def _wrong(db: Database, table: str) -> str | None:
    try:
        found: list[str] = [row[0] for row in db.execute(f'pragma integrity_check("{table}")').fetchall()]
    except sqlite3.DatabaseError as error:
        return str(error)
    if found != ["ok"]:
        return found[0] + (f" (and {len(found) - 1} more)" if found[1:] else "")
    lost = [] if table in _WALKED else db.execute(f'pragma foreign_key_check("{table}")').fetchall()
    return f"{counted(len(lost), 'row')} without what they belong to" if lost else None


def _tables(db: Database) -> list[str]:
    rows = db.execute(
        "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and sql not like"
        " 'create virtual%' order by name"
    ).fetchall()
    return [row[0] for row in rows]
