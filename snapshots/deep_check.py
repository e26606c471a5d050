"""What the last check of everything found: kept in the database, so that pages can say since when all was sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from snapshots import ledger
from snapshots.instants import instant, written


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepCheck:
    """versions: that there were. entry, chain: the ledger's newest entry when it began; 0, None when there was none."""

    checked_at: datetime
    versions: int
    entry: int
    chain: bytes | None
    problems: int
    first: str | None  # of the problems


def begun(db: Database) -> tuple[int, bytes | None]:
    """The newest entry and its chain hash, for `note` when the check has ended."""
    row = db.execute("select entry, chain from ledger order by entry desc limit 1").fetchone()
    return (0, None) if row is None else (row[0], row[1])


def note(
    db: Database, begun: tuple[int, bytes | None], problems: Sequence[str], *, versions: int, at: datetime
) -> None:
    """In the place of the one before; in the caller's transaction."""
    db.conn.execute(
        "insert or replace into deep_check (id, checked_at, versions, entry, chain, problems, first)"
        " values (1, ?, ?, ?, ?, ?, ?)",
        [written(at), versions, *begun, len(problems), problems[0] if problems else None],
    )


def last(db: Database) -> DeepCheck | None:
    """None when everything was never checked."""
    row = db.execute("select checked_at, versions, entry, chain, problems, first from deep_check").fetchone()
    if row is None:
        return None
    return DeepCheck(
        checked_at=instant(row[0]), versions=row[1], entry=row[2], chain=row[3], problems=row[4], first=row[5]
    )


def still_so(db: Database, check: DeepCheck) -> bool:
    """Whether the ledger still says of its entry of then what it said then."""
    if check.entry == 0 or check.chain is None:
        return True
    start = (check.entry - 1) // ledger.EVERY * ledger.EVERY
    _, rows = ledger.entries(db, start, check.entry - start)
    return bool(rows) and rows[-1][0] == check.entry and rows[-1][7] == check.chain
