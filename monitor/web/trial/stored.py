"""What one trial's page reads of the database, each thing once."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from monitor import addresses
from monitor.web.reading import Reading
from monitor.web.trial import chain, course, shapes
from snapshots.changeset import Source
from snapshots.facts import Facts, facts
from snapshots.query import Version


class Stored:
    """One trial in one state of the database. versions: with their twins by the day of submission."""

    def __init__(self, reader: Reading, registry: str, trial: str) -> None:
        self._reader = reader
        self._db: Database = reader.database
        self._registry = registry
        self._trial = trial
        self._records: dict[tuple[Source, int], dict[str, Any]] = {}
        self.versions = reader.versions(registry, trial, by_day=True)
        self.events = chain.happened(self._db, registry, trial)

    def newest(self, version: Version) -> tuple[dict[str, Any], Facts]:
        """The record of a version, and its facts."""
        record = self._record(version.ref.source, version.ref.version or 0)
        return record, facts(record)

    def course(self, until: str) -> course.Course | None:
        return course.course(
            self.versions,
            self.events,
            chain.said(self._db, self._registry, self._trial, course.FIELDS),
            self._record,
            until=until,
        )

    def watches(self, limit: int) -> list[shapes.HeldBy]:
        """Those that hold it now, by name."""
        rows = self._db.execute(
            "select watch.name, member.since from member join watch on watch.id = member.watch"
            " where member.trial = ? and member.state = 'in' and watch.registry = ?"
            " and watch.removed_at is null order by watch.name limit ?",
            [self._trial, self._registry, limit],
        ).fetchall()
        return [shapes.HeldBy(name=name, since=since, url=addresses.watch(name)) for name, since in rows]

    def _record(self, source: Source, number: int) -> dict[str, Any]:
        found = self._records.get((source, number))
        if found is None:
            found = self._reader.record(self._registry, self._trial, source, number)
            self._records[source, number] = found
        return found
