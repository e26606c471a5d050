"""The lease: one process polls, backfills and sends; the others read, or ask it.

An operating system's lock on a file beside the database, so that a killed holder lets go by dying. The file
also says who holds it. The lock is the truth, the text is for people.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from datetime import datetime
from pathlib import Path
from types import TracebackType

import msgspec

from snapshots.instants import stamp

# `holder` takes a shared lock for a moment to find out: that moment must not look like a holder.
_TRIES = 10
_BETWEEN_TRIES = 0.02  # seconds


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    pid: int | None
    since: str | None
    command: str | None

    def __str__(self) -> str:
        if self.pid is None:
            return "another process"
        since = f"{datetime.fromisoformat(self.since):%Y-%m-%d %H:%M} UTC" if self.since else "some time"
        return f"`trialbell {self.command}`, process {self.pid}, since {since}"


class LeaseHeld(Exception):
    """Another process polls and sends on this database."""

    def __init__(self, path: Path, holder: Holder) -> None:
        super().__init__(f"{path.name} is in use by {holder}")
        self.holder = holder
        self.hint = "stop that process first; reading, muting and watching work beside it"


class Lease:
    """`with Lease(database, command="run", now=…):`, or take() and release()."""

    def __init__(self, database: Path, *, command: str, now: datetime) -> None:
        self._path = _lock_of(database)
        self._database = database
        self._text = {"pid": os.getpid(), "since": stamp(now), "command": command}
        self._descriptor: int | None = None

    def take(self) -> None:
        """Raises LeaseHeld, naming the holder."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        for attempt in range(_TRIES):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if attempt + 1 == _TRIES:
                    os.close(descriptor)
                    raise LeaseHeld(self._database, _written(self._path)) from None
                time.sleep(_BETWEEN_TRIES)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(self._text).encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Lease:
        self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def holder(database: Path) -> Holder | None:
    """Who holds the lease on this database now; None when nobody does."""
    path = _lock_of(database)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _written(path)
    finally:
        os.close(descriptor)
    return None


def _lock_of(database: Path) -> Path:
    """Beside the file itself: one database under two names, by a symbolic link, has one lease."""
    there = database.resolve()
    return there.with_name(there.name + ".lock")


def _written(path: Path) -> Holder:
    try:
        text = json.loads(path.read_text())
        return Holder(pid=text["pid"], since=text["since"], command=text["command"])
    except (OSError, ValueError, KeyError, TypeError):
        return Holder(pid=None, since=None, command=None)
