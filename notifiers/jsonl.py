"""A file of alerts, one JSON value a line; `-` is standard output.

Before the first write after a start the last lines are read: a torn one is cut, and an id that is there
already is not written again. A line is on the disk before its delivery counts as sent. Standard output cannot
be read back: at least once.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from notifiers.message import Message
from notifiers.notifier import Found, NotifierClosed, Outcome, Placement, Result, Trace

_NONE = timedelta(0)
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EAGAIN, errno.EINTR})
# How far back ids are remembered. A crash leaves one line in doubt; more are kept for a file that is shared.
_LAST_BYTES = 1 << 20
_REMEMBERED = 10_000  # ids


class JsonlNotifier:
    type = "jsonl"
    holds_many = False
    pace = _NONE

    def __init__(
        self,
        *,
        name: str,
        path: Path | str,
        stdout: BinaryIO | None = None,
        sync: Callable[[int], None] = os.fsync,
    ) -> None:
        """path: a file in a directory that exists, or "-". For tests: where "-" goes, and what brings a
        written file to the disk.
        """
        self.name = name
        self._path = None if str(path) == "-" else Path(path)
        self.reconcile_after: timedelta | None = None if self._path is None else _NONE
        self._stdout = stdout
        self._sync = sync
        self._descriptor: int | None = None
        self._ids: dict[str, None] = {}  # the newest last
        self._closed = False

    def __repr__(self) -> str:
        return f"JsonlNotifier(name={self.name!r}, path={str(self._path or '-')!r})"

    def send(self, message: Message, placement: Placement) -> Outcome:
        if self._closed:
            raise NotifierClosed(f"the notifier is closed: `{self.name}`")
        line = _line(message)
        if self._path is None:
            return self._print(line)
        try:
            descriptor = self._open(self._path)
            id_ = message_id(message)
            if id_ in self._ids:
                return Outcome(result=Result.SENT, remote={"path": str(self._path)})
            _append(descriptor, line, self._sync)
        except OSError as error:
            self._let_go()
            return _trouble(self._path, error)
        self._remember([id_])
        return Outcome(result=Result.SENT, remote={"path": str(self._path)})

    def find(self, message: Message, *, since: datetime, placement: Placement) -> Trace:
        if self._closed:
            raise NotifierClosed(f"the notifier is closed: `{self.name}`")
        if self._path is None:
            return Trace(found=Found.CANNOT_TELL, reason="standard output cannot be read back")
        try:
            self._open(self._path)
        except OSError as error:
            self._let_go()
            trouble = _trouble(self._path, error)
            refuses = trouble.result is Result.CHANNEL_REFUSES
            return Trace(
                found=Found.CANNOT_TELL,
                reason=trouble.reason,
                try_again=not refuses,
                channel_refuses=refuses,
            )
        if message_id(message) in self._ids:
            return Trace(found=Found.THERE, remote={"path": str(self._path)})
        return Trace(found=Found.NOT_THERE)

    def check(self) -> list[tuple[bool, str]]:
        if self._path is None:
            return [
                (True, "jsonl: writes to standard output, where a repeat after a crash cannot be ruled out")
            ]
        target = self._path if self._path.exists() else self._path.parent
        if self._path.is_dir():
            return [(False, f"jsonl: the path is a directory, name a file in it: `{self._path}`")]
        if not target.exists():
            return [(False, f"jsonl: no such directory, make it: `{target}`")]
        if not os.access(target, os.W_OK):
            return [(False, f"jsonl: may not be written: `{target}`")]
        return [(True, f"jsonl: appends to `{self._path}`")]

    def mended(self) -> bool:
        return all(good for good, _ in self.check())

    def close(self) -> None:
        self._let_go()
        self._closed = True

    def _open(self, path: Path) -> int:
        """The file as it is under its name now: one that was moved or removed under us is opened anew."""
        if self._descriptor is not None and not _is_at(self._descriptor, path):
            self._let_go()
        if self._descriptor is None:
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            self._descriptor = os.open(path, flags, 0o644)
            _cut_torn_line(self._descriptor)
            # Added to those of a file that was moved away: rotating it makes nothing untold.
            self._remember(_last_ids(self._descriptor))
            _sync_directory(path.parent)
        return self._descriptor

    def _remember(self, ids: Iterable[str]) -> None:
        self._ids |= dict.fromkeys(ids)
        for id_ in list(self._ids)[: max(len(self._ids) - _REMEMBERED, 0)]:
            del self._ids[id_]

    def _let_go(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _print(self, line: bytes) -> Outcome:
        stream = self._stdout or sys.stdout.buffer
        try:
            stream.write(line)
            stream.flush()
        except (OSError, ValueError) as error:  # ValueError: it was closed
            return Outcome(
                result=Result.CHANNEL_REFUSES, reason=f"standard output is gone: {type(error).__name__}"
            )
        return Outcome(result=Result.SENT)


def message_id(message: Message) -> str:
    """What a line is recognised by: its own `id`; the message's, where it has none (a sample, a notice)."""
    id_ = (message.payload or {}).get("id")
    return id_ if isinstance(id_, str) else message.id


def _line(message: Message) -> bytes:
    """The payload and nothing else; ASCII, so that one line is one line to every reader."""
    payload = message.payload
    if payload is None:
        payload = {"id": message.id, "event": message.level.value, "headline": message.headline}
    elif payload.get("id") is None:
        payload = {**payload, "id": message.id}
    return json.dumps(payload, separators=(",", ":")).encode("ascii") + b"\n"


def _append(descriptor: int, line: bytes, sync: Callable[[int], None]) -> None:
    """The whole line and to the disk, or nothing of it."""
    end = os.fstat(descriptor).st_size
    try:
        rest = memoryview(line)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        sync(descriptor)
    except OSError:
        with contextlib.suppress(OSError):  # then a torn line is cut when the file is opened again
            os.ftruncate(descriptor, end)
        raise


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(descriptor), there)


def _cut_torn_line(descriptor: int) -> None:
    """A writer that died in the middle of a line leaves one without an end; ours always have one."""
    end = os.fstat(descriptor).st_size
    keep = end
    while keep:
        start = max(keep - 65_536, 0)
        found = os.pread(descriptor, keep - start, start).rfind(b"\n")
        if found >= 0:
            keep = start + found + 1
            break
        keep = start
    if keep != end:
        os.ftruncate(descriptor, keep)
        os.fsync(descriptor)


def _last_ids(descriptor: int) -> Iterator[str]:
    end = os.fstat(descriptor).st_size
    start = max(end - _LAST_BYTES, 0)
    # A line longer than the window is no line to us: its beginning is not in it.
    lines = os.pread(descriptor, end - start, start).split(b"\n")
    for line in lines[1:] if start else lines:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue  # not ours: people may write into the file too
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            yield value["id"]


def _sync_directory(directory: Path) -> None:
    """A new file's name is on the disk only with its directory."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _trouble(path: Path, error: OSError) -> Outcome:
    words = os.strerror(error.errno) if error.errno else type(error).__name__
    if error.errno in _FULL:
        return Outcome(result=Result.LATER, reason=f"`{path}` cannot be written now: {words}")
    hint = f"; make the directory `{path.parent}`" if error.errno == errno.ENOENT else ""
    return Outcome(result=Result.CHANNEL_REFUSES, reason=f"`{path}` cannot be written: {words}{hint}")
