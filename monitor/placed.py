"""Files and folders that get their name only when they are whole.

What is written meanwhile stands beside under a hidden name of its own; a killed run leaves it there, and the next run
to the same place clears it away.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class PlaceError(Exception):
    """Nothing can be written there. One line for a person. full: the disk is."""

    def __init__(self, message: str, *, hint: str | None = None, full: bool = False) -> None:
        super().__init__(message)
        self.hint = hint
        self.full = full


def no_folder(target: Path) -> None:
    """PlaceError where a folder has the name that a file is to have; `.` and `/` are folders without a name."""
    if not target.name or target.is_dir():
        raise PlaceError(f"a folder has this name: `{target}`", hint="name a file")


def check(target: Path, *, force: bool, folder: str | None = None) -> None:
    """PlaceError where `placed` would raise one at once.

    folder: `target` is to be one, and an old one may only hold what this matches: it is removed with all in it.
    """
    if folder is None:
        no_folder(target)
    if not target.parent.is_dir():
        raise PlaceError(f"no such folder: `{target.parent}`", hint="make the folder first")
    if os.path.lexists(target) and not force:
        raise PlaceError(f"there is something already: `{target}`", hint="`--force` replaces it")
    if target.exists() and not (target.is_file() or target.is_dir()):
        raise PlaceError(
            f"no file, but a device or the like: `{target}`", hint="leave out `--out` to print it"
        )
    if os.path.lexists(target) and folder is not None:
        strangers = (
            [one.name for one in target.iterdir() if not one.match(folder)] if target.is_dir() else ["it"]
        )
        if strangers:
            raise PlaceError(
                f"there is something else than an export of ours: `{target}`",
                hint="name another folder, or remove it yourself",
            )
    if not os.access(target.parent, os.W_OK):
        raise PlaceError(f"the folder cannot be written: `{target.parent}`", hint="look at its owner")


@contextmanager
def placed(target: Path, *, force: bool = False, folder: str | None = None) -> Iterator[Path]:
    """Write to the path that is given, and make the folder there if it is to be one; at the end it is `target`.

    On any error what was there is there still, and nothing else. folder: see `check`.

    PlaceError: no folder, something there already and no `force`, no right to write, the disk is full.
    """
    check(target, force=force, folder=folder)
    _clear(target)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.partial")
    _remove(unfinished)
    try:
        yield unfinished
        _flushed(unfinished)
        check(target, force=force, folder=folder)  # it may have come meanwhile
        _put(unfinished, target)
    except OSError as error:
        raise PlaceError(
            "the disk is full, nothing was kept"
            if error.errno in (errno.ENOSPC, errno.EDQUOT)
            else f"cannot be written: `{target}`: {error.strerror or error}",
            hint="make room, then try again" if error.errno in (errno.ENOSPC, errno.EDQUOT) else None,
            full=error.errno in (errno.ENOSPC, errno.EDQUOT),
        ) from error
    finally:
        _remove(unfinished)


def _put(unfinished: Path, target: Path) -> None:
    if unfinished.is_dir() and os.path.lexists(target):  # a folder takes no other's place in one step
        aside = target.with_name(f".{target.name}.{os.getpid()}.replaced.partial")
        _remove(aside)
        target.replace(aside)
        unfinished.replace(target)
        _remove(aside)
    else:
        unfinished.replace(target)
    _synced(target.parent)


def _flushed(path: Path) -> None:
    """On the disk before it has its name."""
    for one in [path, *path.rglob("*")] if path.is_dir() else [path]:
        _synced(one)


def _synced(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _clear(target: Path) -> None:
    """Leavings of runs that were killed."""
    named = re.compile(rf"\.{re.escape(target.name)}\.(\d+)(\.replaced)?\.partial")
    for path in target.parent.iterdir():
        found = named.fullmatch(path.name)
        if found and not _lives(int(found[1])):
            _remove(path)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # another's
    return True


def _remove(path: Path) -> None:
    with suppress(FileNotFoundError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
