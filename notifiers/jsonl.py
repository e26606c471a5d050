"""A file of alerts, one JSON value a line; `-` is standard output.

Before the first write after a start the last lines are read: a torn one of ours is cut, and an id that is there
already is not written again. A line is on the disk before its delivery counts as sent. Standard output cannot
be read back: at least once.

Rotation: move the file away whenever you like, the next line begins a new one (logrotate's `create` or `nocreate`;
not `copytruncate`, which loses what is written between its two steps). Ids of the file that was moved are
remembered as long as the process lives; after a crash only the file itself is read, so that a line written just
before the crash, and moved away before the next start, is written once more.
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
from notifiers.published import message_id, published

_NONE = timedelta(0)
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EAGAIN, errno.EINTR})
# How far back ids are remembered. A crash leaves one line in doubt; more are kept for a file that is shared.
_LAST_BYTES = 1 << 20
_REMEMBERED = 10_000  # ids
_HEAD = b'{"id"'  # with which each of our lines begins, by which a torn one is known as ours
_NOT_OURS = "ends amid a line that is not ours: end that line with a line break, or name another file"


class JsonlNotifier:
    type = "jsonl"
    holds_many = False
    repeats_are_dropped = False  # a line that is there twice stands there twice
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
        written file, or a directory, to the disk.
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

    def parts(self, message: Message) -> tuple[Message, ...]:
        return (message,)

    def send(self, message: Message, placement: Placement) -> Outcome:
        if self._closed:
            raise NotifierClosed(f"the notifier is closed: `{self.name}`")
        line = published(message) + b"\n"
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
        if _ends_in_words_of_others(self._path):
            return [(False, f"jsonl: `{self._path}` {_NOT_OURS}")]
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
            _cut_torn_line(self._descriptor, self._sync)
            # Added to those of a file that was moved away: rotating it makes nothing untold.
            self._remember(_last_ids(self._descriptor))
            _sync_directory(path.parent, self._sync)
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


class _NotOurs(OSError):
    """The file ends amid a line that we did not write: nothing is cut, and nothing added to it."""


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


def _cut_torn_line(descriptor: int, sync: Callable[[int], None]) -> None:
    """A writer that died in the middle of a line leaves one without an end; ours always have one."""
    end = os.fstat(descriptor).st_size
    keep = _line_start(descriptor, end)
    if keep == end:
        return
    if not _is_ours(descriptor, keep, end):
        raise _NotOurs
    os.ftruncate(descriptor, keep)
    sync(descriptor)


def _line_start(descriptor: int, end: int) -> int:
    """After the last line break before `end`."""
    while end:
        start = max(end - 65_536, 0)
        found = os.pread(descriptor, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def _is_ours(descriptor: int, start: int, end: int) -> bool:
    """Whether what stands there begins as our lines do, as far as it goes."""
    head = os.pread(descriptor, min(len(_HEAD), end - start), start)
    return _HEAD.startswith(head)


def _ends_in_words_of_others(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False  # none yet
    try:
        end = os.fstat(descriptor).st_size
        start = _line_start(descriptor, end)
        return start != end and not _is_ours(descriptor, start, end)
    finally:
        os.close(descriptor)


def _last_ids(descriptor: int) -> Iterator[str]:
    end = os.fstat(descriptor).st_size
    start = max(end - _LAST_BYTES, 0)
    if start and end:
        # The last line at least, however long it is: a crash leaves that one in doubt.
        start = max(min(start, _line_start(descriptor, end - 1) - 1), 0)
    # Of a longer line before it the beginning is not in the window: it is no line to us.
    lines = os.pread(descriptor, end - start, start).split(b"\n")
    for line in lines[1:] if start else lines:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue  # not ours: people may write into the file too
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            yield value["id"]


def _sync_directory(directory: Path, sync: Callable[[int], None]) -> None:
    """A new file's name is on the disk only with its directory."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def _trouble(path: Path, error: OSError) -> Outcome:
    if isinstance(error, _NotOurs):
        return Outcome(result=Result.CHANNEL_REFUSES, reason=f"`{path}` {_NOT_OURS}")
    words = os.strerror(error.errno) if error.errno else type(error).__name__
    if error.errno in _FULL:
        return Outcome(result=Result.LATER, reason=f"`{path}` cannot be written now: {words}")
    hint = f"; make the directory `{path.parent}`" if error.errno == errno.ENOENT else ""
    return Outcome(result=Result.CHANNEL_REFUSES, reason=f"`{path}` cannot be written: {words}{hint}")
