"""The steps between two snapshots, from the registry's own record history, where that is switched on.

The archive's versions go into their own line and their change sets onto the record, without deliveries: the
snapshot's event, which alone is told, lists them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlite_utils import Database

from monitor.past.archive import Archive, Archived
from monitor.registries.base import ArchiveEntry, Registry, RegistryError, Stopped
from snapshots.database import immediate
from snapshots.event import Step
from snapshots.steps import step_of

MOST = 20  # more steps than this between two polls are told as one, with the registry's history to look at


class StepsBetween:
    """Called with a trial's old and new record; asks one request, and one for each version that is not stored."""

    def __init__(self, db: Database, registry: Registry, *, now: datetime) -> None:
        self._db = db
        self._registry = registry
        self._now = now
        self._archive = Archive(db, registry)

    def __call__(self, trial: str, old: dict[str, Any], new: dict[str, Any]) -> tuple[Step, ...] | None:
        """Oldest first; () when there was one submission. None when the history could not be had."""
        since, until = _submitted(old), _submitted(new)
        if since is None or until is None:
            return None
        try:
            entries = self._registry.history(trial)
            inside = [place for place, one in enumerate(entries) if since < one.submitted <= until]
            if len(inside) < 2:
                return ()
            if len(inside) > MOST or inside[0] == 0 or inside[-1] - inside[0] >= len(inside):
                return None  # the last: dates that are in no order
            return self._steps(trial, entries[inside[0] - 1 : inside[-1] + 1])
        except Stopped:
            raise  # the change is found again by the next poll, and told with its steps
        except RegistryError:
            # The history is an extra with no promise of stability: the change itself is told without it,
            # marked as possibly holding several updates.
            return None

    def _steps(self, trial: str, entries: tuple[ArchiveEntry, ...]) -> tuple[Step, ...]:
        """What leads from the first of these to the last. What came before an answer that failed stays stored."""
        steps: list[Step] = []
        before: Archived | None = None
        for entry in entries:
            version = self._archive.version(trial, entry, now=self._now)
            event = self._archive.change(trial, before, version, now=self._now)
            with immediate(self._db):
                self._archive.write(trial, version, event)
            if event is not None:
                steps.append(step_of(event, version=entry.number, submitted=entry.submitted))
            before = version
        return tuple(steps)


def _submitted(record: dict[str, Any]) -> str | None:
    day = record.get("protocolSection", {}).get("statusModule", {}).get("lastUpdateSubmitDate")
    return day if isinstance(day, str) else None
