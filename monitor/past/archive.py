"""The registry's record history in our store: its versions, and what changed between neighbours.

Polls that ask for the steps in between and backfills both write here, so that a line reads the same whoever filled
it and in whatever order. A change set joins neighbours of the registry's own list and no others: where a gap is
filled later, no event stands that spans it. Nobody is told of any: no delivery, nothing untold, no deadline.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from monitor.registries.base import ArchiveEntry, Registry
from snapshots.changeset import Source, VersionRef
from snapshots.errors import UnknownTrial, UnknownVersion
from snapshots.event import Event, changed_event
from snapshots.facts import facts
from snapshots.query import Reader
from snapshots.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """One of the registry's own versions, stored already or just asked for."""

    ref: VersionRef
    record: dict[str, Any]
    new: bool  # not stored yet


class Archive:
    """One registry's record history. It keeps no state but what its Store and Reader read once."""

    def __init__(self, db: Database, registry: Registry) -> None:
        self._db = db
        self._registry = registry
        self._store = Store(db)
        self._reader = Reader(db)

    def held(self, trial: str) -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
        """Numbers of the versions that are stored, or were until retention took them, and the neighbours between
        which a change set is."""
        name = self._registry.name
        rows = self._db.execute(
            "select version.number, version.number from trial join version on version.trial = trial.key"
            " and version.archive = 1 where trial.trial = ?1 and trial.registry = ?2"
            " union all select removed.first, removed.last from trial join removed on removed.trial = trial.key"
            " and removed.archive = 1 where trial.trial = ?1 and trial.registry = ?2",
            [trial, name],
        ).fetchall()
        pairs = self._db.execute(
            "select from_version, to_version from event where trial = ? and registry = ? and kind = 'changed'"
            " and to_source = 'archive'",
            [trial, name],
        ).fetchall()
        numbers = frozenset(number for first, last in rows for number in range(first, last + 1))
        return numbers, frozenset((row[0], row[1]) for row in pairs)

    def version(self, trial: str, entry: ArchiveEntry, *, now: datetime) -> Archived:
        """As it is stored, else as the registry gives it: one request then. RegistryError."""
        name = self._registry.name
        try:
            stored = self._reader.version(name, trial, Source.ARCHIVE, entry.number)
        except (UnknownTrial, UnknownVersion):
            record = self._registry.archived(trial, entry.number)
            ref = VersionRef(
                source=Source.ARCHIVE,
                version=entry.number,
                seen_at=now,
                updated=entry.submitted,
                build=None,
            )
            return Archived(ref=ref, record=record, new=True)
        record = self._reader.record(name, trial, Source.ARCHIVE, entry.number)
        return Archived(ref=stored.ref, record=record, new=False)

    def change(self, trial: str, before: Archived | None, after: Archived, *, now: datetime) -> Event | None:
        """What changed between two neighbours. What led to the older must be written. Writes nothing.

        None for a version without the one before it.
        """
        if before is None:
            return None
        from snapshots.changes import compare  # 80 ms that a poll without changes does not need

        name = self._registry.name
        changes = compare(
            before.record,
            after.record,
            registry=name,
            from_=before.ref,
            to=after.ref,
            past=self._reader.past(name, trial, before.ref),
        )
        read = facts(after.record)
        return changed_event(
            changes,
            at=now,
            url=self._registry.url(trial),
            sponsor=read.sponsor,
            sponsor_class=read.sponsor_class,
            phase=read.phase,
            status=read.status,
        )

    def write(self, trial: str, version: Archived, event: Event | None) -> bool:
        """Store what is not there yet; True when the event is new. Caller owns the transaction.

        An event that is there, and was read while older versions were missing, is read anew: its id, its place and
        when we learnt of it stay.
        """
        if version.new:
            assert version.ref.version and version.ref.updated and version.ref.seen_at
            self._store.add_archived(
                self._registry.name,
                trial,
                version.record,
                number=version.ref.version,
                submitted=version.ref.updated,
                seen_at=version.ref.seen_at,
            )
        if event is None or event.id is None:
            return False
        held = self._reader.event(event.id)
        if held is None:
            return self._store.add_event(event) is not None
        anew = replace(event, at=held.at)
        if anew != held:
            self._store.rewrite_event(anew)
        return False
