"""Which error of our packages ends a command with which exit code. Everything not named here is a defect."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.cli.main import WORLD, WRONG_USE


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    lines: tuple[str, ...]
    hint: str | None
    code: int


def explained(error: Exception) -> Explained | None:
    """None for an error that nobody raised on purpose."""
    from monitor.config.errors import ConfigError
    from monitor.lease import LeaseHeld
    from monitor.registries.base import BadQuestion, MalformedId, NoHistory, RegistryError
    from monitor.watches import WatchError
    from monitor.web.server import CannotListen
    from notifiers.notifier import NotifiersError
    from snapshots.errors import DamagedVersion, DatabaseHeld, DatabaseNewer, SnapshotsError

    hint = getattr(error, "hint", None)
    if isinstance(error, ConfigError):
        return Explained(lines=tuple(str(problem) for problem in error.problems), hint=hint, code=WRONG_USE)
    if isinstance(error, DatabaseHeld | DatabaseNewer | DamagedVersion | LeaseHeld | CannotListen):
        return Explained(lines=(str(error),), hint=hint, code=WORLD)
    if isinstance(error, SnapshotsError | WatchError | NotifiersError):
        return Explained(lines=(str(error),), hint=hint, code=WRONG_USE)
    if isinstance(error, MalformedId | BadQuestion | NoHistory):
        return Explained(lines=(str(error),), hint=hint, code=WRONG_USE)
    if isinstance(error, RegistryError):
        return Explained(lines=(str(error),), hint=hint, code=WORLD)
    return None
