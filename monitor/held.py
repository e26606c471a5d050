"""Held: what a sweep saw in so many records at once that it is the registry's doing until proved otherwise.

Nothing of a held kind is recorded or told; the operator is. The next build that says the same is believed, one
that does not lets it pass, and a person may decide at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from snapshots.event import stamp

LOST_SECTION = "lost-section"
VANISHED = "vanished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    row: int
    registry: str
    kind: str  # "lost-section" or "vanished"
    subject: str  # the section, or what the records vanished from
    build: str
    swept: int  # records that the sweep saw
    count: int  # records that lost it
    opened_at: str
    state: str  # open, believed, accepted, dropped, passed

    def __str__(self) -> str:
        what = (
            f"{self.count} of {self.swept} records lost {self.subject}"
            if self.kind == LOST_SECTION
            else f"{self.count} of {self.swept} records are missing from {self.subject}"
        )
        return f"held: {what} in the build of {self.build}; nothing of it was recorded or told"


def limit(swept: int) -> float:
    """More than this many at once are held."""
    return max(5, swept / 100)


def standing(db: Database, *, registry: str | None = None) -> list[Held]:
    """Held sweeps that nobody and no build has decided on."""
    rows = db.execute(
        "select id, registry, kind, subject, build, swept, count, opened_at, state from held"
        " where state = 'open' and (?1 is null or registry = ?1) order by id",
        [registry],
    ).fetchall()
    return [_held(row) for row in rows]


def find(db: Database, row: int) -> Held | None:
    rows = db.execute(
        "select id, registry, kind, subject, build, swept, count, opened_at, state from held where id = ?",
        [row],
    ).fetchall()
    return _held(rows[0]) if rows else None


def forget_unfinished(db: Database, registry: str) -> None:
    """What a sweep that never ended had staged. Caller owns the transaction."""
    db.execute("delete from staged where registry = ? and held is null", [registry])


def judge(
    db: Database, *, registry: str, kind: str, subject: str, count: int, swept: int, build: str, now: datetime
) -> Held | None:
    """None: believe it and book it. A Held: leave it staged. Caller owns the transaction."""
    earlier = _of_subject(db, registry, kind, subject)
    if count <= limit(swept):
        for held in earlier:
            if held.state in ("open", "accepted"):
                decide(db, held.row, "passed", now)
        return None
    for held in earlier:
        if held.state == "dropped" and held.build == build:
            return held
        if held.state == "accepted" or (held.state == "open" and held.build != build):
            decide(db, held.row, "believed", now)
            return None
    for held in earlier:
        if held.state == "open":  # the same build, swept again
            db.execute("delete from staged where held = ?", [held.row])
            db.execute("update held set count = ?, swept = ? where id = ?", [count, swept, held.row])
            return find(db, held.row)
    cursor = db.execute(
        "insert into held (registry, kind, subject, build, swept, count, opened_at, state)"
        " values (?, ?, ?, ?, ?, ?, ?, 'open')",
        [registry, kind, subject, build, swept, count, stamp(now)],
    )
    assert cursor.lastrowid is not None
    return find(db, cursor.lastrowid)


def keep(db: Database, held: Held) -> None:
    """Leave what this sweep staged of it aside; discard it where a person dropped it for this build."""
    if held.state == "dropped":
        db.execute(
            "delete from staged where registry = ? and kind = ? and subject = ? and held is null",
            [held.registry, held.kind, held.subject],
        )
    else:
        db.execute(
            "update staged set held = ? where registry = ? and kind = ? and subject = ? and held is null",
            [held.row, held.registry, held.kind, held.subject],
        )


def staged_records(db: Database, row: int) -> list[bytes]:
    """What waits with a held sweep, each record once."""
    rows = db.execute("select min(raw) from staged where held = ? group by trial order by trial", [row])
    return [found[0] for found in rows.fetchall() if found[0] is not None]


def decide(db: Database, row: int, state: str, now: datetime) -> None:
    """Close a held sweep. What was staged with it goes: it was booked, or will not be."""
    db.execute("update held set state = ?, decided_at = ? where id = ?", [state, stamp(now), row])
    db.execute("delete from staged where held = ?", [row])


def _of_subject(db: Database, registry: str, kind: str, subject: str) -> list[Held]:
    rows = db.execute(
        "select id, registry, kind, subject, build, swept, count, opened_at, state from held"
        " where registry = ? and kind = ? and subject = ? order by id desc",
        [registry, kind, subject],
    ).fetchall()
    return [_held(row) for row in rows]


def _held(row: tuple[int, str, str, str, str, int, int, str, str]) -> Held:
    return Held(
        row=row[0],
        registry=row[1],
        kind=row[2],
        subject=row[3],
        build=row[4],
        swept=row[5],
        count=row[6],
        opened_at=row[7],
        state=row[8],
    )
