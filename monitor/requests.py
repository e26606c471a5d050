"""Work asked of the process that holds the lease: `check` and `held accept` beside a running service.

A command writes a request, the service does it and writes its answer, and the command follows it to the same
output and exit code. A service that dies leaves the request unanswered; the command then does the work itself, or
the next service does. Only the holder of the lease serves, one request at a time.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import msgspec
from sqlite_utils import Database

from snapshots.instants import stamp


class Request(msgspec.Struct, frozen=True, kw_only=True):
    row: int
    kind: str  # "check" or "held-accept"
    arguments: dict[str, Any]


MOST_BEGUN = 3  # times


def ask(db: Database, kind: str, arguments: dict[str, Any], *, now: datetime) -> int:
    """Caller owns the transaction. Returns the request's number."""
    cursor = db.execute(
        "insert into request (kind, arguments, asked_at) values (?, ?, ?)",
        [kind, json.dumps(arguments), stamp(now)],
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def take(db: Database, *, now: datetime) -> Request | None:
    """The oldest request that nobody has begun, marked as begun. Caller owns the transaction."""
    row = db.execute(
        "select id, kind, arguments from request where started_at is null and ended_at is null order by id limit 1"
    ).fetchone()
    if row is None:
        return None
    db.execute("update request set started_at = ?, begun = begun + 1 where id = ?", [stamp(now), row[0]])
    return Request(row=row[0], kind=row[1], arguments=json.loads(row[2]))


def waiting(db: Database) -> int:
    """The newest request that nobody has begun; 0 when there is none."""
    found = db.execute("select max(id) from request where started_at is null and ended_at is null").fetchone()
    return int(found[0] or 0)


def give_back(db: Database, *, now: datetime) -> None:
    """Let what was begun and not answered be begun anew: its holder died. What was begun MOST_BEGUN times is answered:
    it may be what they died of. Caller owns the transaction, holds the lease and works on nothing."""
    rows = db.execute(
        "select id from request where started_at is not null and ended_at is null and begun >= ?",
        [MOST_BEGUN],
    ).fetchall()
    for row in rows:
        why = f"given up: the process that worked on it ended before it was done, {MOST_BEGUN} times"
        answer(db, row[0], {"error": why}, now=now)
    db.execute("update request set started_at = null where started_at is not null and ended_at is null")


def answer(db: Database, row: int, result: dict[str, Any], *, now: datetime) -> None:
    """Caller owns the transaction."""
    db.execute(
        "update request set ended_at = ?, answer = ? where id = ?",
        [stamp(now), json.dumps(result, default=str), row],
    )


def answered(db: Database, row: int) -> dict[str, Any] | None:
    """The answer, once there is one."""
    found = db.execute("select answer from request where id = ? and ended_at is not null", [row]).fetchone()
    if found is None:
        return None
    result: dict[str, Any] = json.loads(found[0])
    return result


def begun(db: Database, row: int) -> bool:
    """Whether somebody has taken it up."""
    found = db.execute("select started_at from request where id = ?", [row]).fetchone()
    return bool(found and found[0])


def withdraw(db: Database, row: int, *, now: datetime) -> None:
    """Nobody will follow this request any more. Caller owns the transaction."""
    db.execute(
        "update request set ended_at = ?, answer = '{}' where id = ? and ended_at is null", [stamp(now), row]
    )
