"""Exit codes, the errors that commands raise, and which error of our packages ends a command with which code.

Everything that is not named here is a defect of ours.
"""

from __future__ import annotations

from typing import NamedTuple

DONE, DIFFERS, WRONG_USE, WORLD, DEFECT, INTERRUPTED = 0, 1, 2, 3, 70, 130


class CommandError(Exception):
    """Ends a command with one line, a hint and an exit code."""

    code = WRONG_USE

    def __init__(self, message: str, *, hint: str | None = None, code: int | None = None) -> None:
        super().__init__(message)
        self.hint = hint
        if code is not None:
            self.code = code


class UseError(CommandError):
    """Wrong use: arguments, configuration, a file or an id that is none."""


class WorldError(CommandError):
    """Something outside could not be reached or would not have us."""

    code = WORLD


class Explained(NamedTuple):
    lines: tuple[str, ...]
    hint: str | None
    code: int


def explained(error: Exception) -> Explained | None:
    """None for an error that nobody raised on purpose."""
    from monitor.backup import Unsound
    from monitor.config.errors import ConfigError
    from monitor.export.parquet import NoPyarrow
    from monitor.lease import LeaseHeld
    from monitor.placed import PlaceError
    from monitor.registries.base import BadQuestion, MalformedId, NoHistory, RegistryError
    from monitor.watches import WatchError
    from monitor.web.errors import CannotListen
    from notifiers.notifier import NotifiersError
    from snapshots.errors import DamagedVersion, DatabaseHeld, DatabaseNewer, SnapshotsError

    hint = getattr(error, "hint", None)
    if isinstance(error, ConfigError):
        return Explained(lines=tuple(str(problem) for problem in error.problems), hint=hint, code=WRONG_USE)
    if isinstance(error, DatabaseHeld | DatabaseNewer | DamagedVersion | LeaseHeld | CannotListen | Unsound):
        return Explained(lines=(str(error),), hint=hint, code=WORLD)
    if isinstance(error, PlaceError):
        return Explained(lines=(str(error),), hint=hint, code=WORLD if error.full else WRONG_USE)
    if isinstance(error, SnapshotsError | WatchError | NotifiersError | NoPyarrow):
        return Explained(lines=(str(error),), hint=hint, code=WRONG_USE)
    if isinstance(error, MalformedId | BadQuestion | NoHistory):
        return Explained(lines=(str(error),), hint=hint, code=WRONG_USE)
    if isinstance(error, RegistryError):
        return Explained(lines=(str(error),), hint=hint, code=WORLD)
    return None
