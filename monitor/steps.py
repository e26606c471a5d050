"""The steps between two snapshots, from the registry's own record history, where that is switched on.

The archive's versions go into their own line and their change sets onto the record, without deliveries: the
snapshot's event, which alone is told, lists them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlite_utils import Database

from monitor.registries.base import Registry, RegistryError, Stopped
from snapshots.changeset import Source
from snapshots.database import immediate
from snapshots.event import Step, changed_event
from snapshots.facts import facts
from snapshots.query import Reader
from snapshots.steps import step_of
from snapshots.store import Store

MOST = 20  # more steps than this between two polls are told as one, with the registry's history to look at


class StepsBetween:
    """Called with a trial's old and new record; asks one request, and one for each version in between."""

    def __init__(self, db: Database, registry: Registry, *, now: datetime) -> None:
        self._db = db
        self._registry = registry
        self._now = now
        self._store = Store(db)
        self._reader = Reader(db)

    def __call__(self, trial: str, old: dict[str, Any], new: dict[str, Any]) -> tuple[Step, ...] | None:
        """Oldest first; () when there was one submission. None when the history could not be had."""
        since, until = _submitted(old), _submitted(new)
        if since is None or until is None:
            return None
        try:
            entries = self._registry.history(trial)
            between = [entry for entry in entries if since < entry.submitted <= until]
            base = [entry for entry in entries if entry.submitted <= since]
            if len(between) < 2:
                return ()
            if len(between) > MOST or not base:
                return None
            wanted = [base[-1], *between]
            records = [(entry, self._registry.archived(trial, entry.number)) for entry in wanted]
        except Stopped:
            raise  # the change is found again by the next poll, and told with its steps
        except RegistryError:
            # The history is an extra with no promise of stability: the change itself is told without it,
            # marked as possibly holding several updates.
            return None
        from snapshots.changes import compare  # as in `booking`

        steps: list[Step] = []
        with immediate(self._db):
            for position, (entry, record) in enumerate(records):
                added = self._store.add_archived(
                    self._registry.name,
                    trial,
                    record,
                    number=entry.number,
                    submitted=entry.submitted,
                    seen_at=self._now,
                )
                if position == 0:
                    continue
                before = self._reader.version(
                    self._registry.name, trial, Source.ARCHIVE, records[position - 1][0].number
                )
                changes = compare(
                    records[position - 1][1],
                    record,
                    registry=self._registry.name,
                    from_=before.ref,
                    to=added.ref,
                    past=self._reader.past(self._registry.name, trial, before.ref),
                )
                read = facts(record)
                self._store.add_event(
                    changed_event(
                        changes,
                        at=self._now,
                        url=self._registry.url(trial),
                        sponsor=read.sponsor,
                        sponsor_class=read.sponsor_class,
                        phase=read.phase,
                        status=read.status,
                    )
                )
                steps.append(step_of(changes, version=entry.number, submitted=entry.submitted))
        return tuple(steps)


def _submitted(record: dict[str, Any]) -> str | None:
    day = record.get("protocolSection", {}).get("statusModule", {}).get("lastUpdateSubmitDate")
    return day if isinstance(day, str) else None
