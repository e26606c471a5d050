"""The dead man's switch: an address that is asked while all lives, so that an outside watcher hears when nothing does.

One GET, bounded in time, within its host; what fails is tried again soon, and never raises. The address is a secret:
no error, log or row holds it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec
from sqlite_utils import Database

from monitor.logs import log
from snapshots.database import immediate
from snapshots.instants import instant, written

if TYPE_CHECKING:
    from monitor.transport import Wait
    from notifiers.secret import Secret

DEADLINE = 10.0  # seconds; who listens has only to say yes
LARGEST = 64 * 1024  # bytes of an answer that nobody reads
AGAIN = timedelta(minutes=1)  # after one that was not heard
CALLED = "the ping"


class Last(msgspec.Struct, frozen=True, kw_only=True):
    """The last ones."""

    tried_at: datetime
    heard_at: datetime | None
    failing_since: datetime | None  # None: the last one was heard
    error: str  # why it was not


def send(address: Secret, *, deadline: float = DEADLINE, wait: Wait | None = None) -> str | None:
    """Ask once. None when it was heard, else why not, in a few words. Raises Stopped when the process is to end."""
    from monitor.transport import Stopped, TooLarge, Transport, TransportError, Unreadable

    parts = urlsplit(address.reveal())
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    transport = Transport(
        f"{parts.scheme}://{parts.netloc}",
        deadline=deadline,
        attempts=1,
        wait=wait,
        called=CALLED,
    )
    try:
        answer = transport.ask(path, cap=LARGEST)
    except Stopped:
        raise
    except (TooLarge, Unreadable):
        return None  # it answered 200, at more length than anybody reads
    except TransportError as error:
        return address.mask(str(error)).removeprefix(f"{CALLED}: ").removesuffix(" (1 try)")
    finally:
        transport.close()
    return None if 200 <= answer.status < 300 else f"it answered {answer.status}"


def last(db: Database) -> Last | None:
    """None: none was tried, or none is configured any more."""
    row = db.execute("select tried_at, heard_at, failing_since, error from ping").fetchone()
    if row is None:
        return None
    return Last(
        tried_at=instant(row[0]), heard_at=instant(row[1]), failing_since=instant(row[2]), error=row[3] or ""
    )


def is_due(known: Last | None, *, every: timedelta, now: datetime) -> bool:
    """Also when the last one is dated ahead: the clock was wrong then, or is now."""
    if known is None:
        return True
    pause = min(every, AGAIN) if known.failing_since is not None else every
    return not timedelta(0) <= now - known.tried_at < pause


def book(db: Database, error: str | None, *, now: datetime) -> None:
    """Write down what became of one. Said in the log when it begins to fail, and when it is heard again."""
    before = last(db)
    failing_since = None
    if error is not None:
        failing_since = before.failing_since if before is not None else None
        failing_since = failing_since or now
    heard_at = now if error is None else before.heard_at if before is not None else None
    with immediate(db):
        db.execute(
            "insert or replace into ping (id, tried_at, heard_at, failing_since, error) values (1, ?, ?, ?, ?)",
            [written(now), written(heard_at), written(failing_since), error],
        )
    failed_before = before is not None and before.failing_since is not None
    if error is not None and not failed_before:
        log.warning("ping not heard", problem=error)
    elif error is None and failed_before:
        log.info("ping heard again")


def forget(db: Database) -> None:
    """None is configured: what became of the last one is no trouble any more."""
    if last(db) is not None:
        with immediate(db):
            db.execute("delete from ping")
