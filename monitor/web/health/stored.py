"""What the database says of itself: its size, its tables' age, its last polls, its ledger's end, who works on it.

Each is read in a bounded number of rows, whatever there is.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from monitor import lease, retention
from monitor.tally import tally
from monitor.web.health.shapes import Holder, Ledger, Poll, Stored
from snapshots import ledger
from snapshots.instants import instant, stamp

POLLS = 10  # of the log, the newest
CHECKED = 256  # entries of the ledger, the newest


def migrations(db: Database) -> list[str]:
    """The newest of each set, as `monitor 0011_operate`; what tells one schema from another."""
    rows = db.execute(
        "select migration_set, max(name) from _sqlite_migrations group by 1 order by 1"
    ).fetchall()
    return [f"{name} {newest}" for name, newest in rows]


def polls(db: Database, limit: int = POLLS) -> list[Poll]:
    """The newest first."""
    rows = db.execute(
        "select registry, started_at, ended_at, outcome, build, everything, records, versions, events, error"
        " from poll order by id desc limit ?",
        [limit],
    ).fetchall()
    return [
        Poll(
            registry=row[0],
            started_at=_stamped(row[1]) or "",
            ended_at=_stamped(row[2]),
            seconds=None if row[2] is None else round((instant(row[2]) - instant(row[1])).total_seconds()),
            outcome=row[3],
            build=row[4],
            everything=bool(row[5]),
            records=row[6],
            versions=row[7],
            events=row[8],
            error=row[9].splitlines()[0] if row[9] else None,
        )
        for row in rows
    ]


def stored(db: Database, now: datetime) -> Stored:
    versions, events = tally(db, "version"), tally(db, "event")
    size, log = sizes(db)
    wait = retention.waiting(db, now=now)
    return Stored(
        bytes=size,
        log_bytes=log,
        trials=sum(tally(db, "trial").values()),
        snapshots=versions.get(("snapshot", ""), 0),
        archived=versions.get(("archive", ""), 0),
        events=sum(count for (line, _), count in events.items() if line == "watched"),
        archive_events=sum(count for (line, _), count in events.items() if line == "archive"),
        migrations=migrations(db),
        retention=wait.words if wait is not None and wait.versions else None,
    )


def sizes(db: Database) -> tuple[int, int | None]:
    """Bytes of the file, as the pages of this state say, and of the log beside it."""
    pages, page = (db.execute(f"pragma {name}").fetchone()[0] for name in ("page_count", "page_size"))
    try:
        log = Path(f"{place(db)}-wal").stat().st_size
    except OSError:
        log = None
    return pages * page, log


def ledger_end(db: Database) -> Ledger:
    """Of the ledger as a whole only `trialbell doctor --deep` can say that it holds."""
    entries = db.execute("select max(entry) from ledger").fetchone()[0] or 0
    return Ledger(
        entries=entries,
        checked=min(entries, CHECKED),
        problems=list(ledger.problems(db, newest=CHECKED))[:5],
    )


def holder(db: Database) -> Holder | None:
    """None when nobody polls, or the file that says so cannot be looked at from here."""
    try:
        found = lease.holder(place(db))
    except OSError:
        return None
    return None if found is None else Holder(pid=found.pid, since=found.since, command=found.command)


def place(db: Database) -> Path:
    return Path(db.execute("pragma database_list").fetchone()[2])


def _stamped(text: str | None) -> str | None:
    return stamp(instant(text))
