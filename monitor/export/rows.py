"""Which rows a person asked for, read from the store in their order. Bounded memory, whatever is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from monitor import watches
from monitor.acting.acknowledgements import Seen
from monitor.alerting import routes
from monitor.export.tables import CHANGES, TRIALS, Column, Table, change_rows, version_row
from snapshots import fields
from snapshots.changeset import Severity
from snapshots.event import Event
from snapshots.wanted import Wanted
from snapshots.whole import Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What to export; None means any. since, until: as in `snapshots.whole`.

    watch: trials and versions of what it holds now, changes that it was told of. trials: sorted, each once.
    severity: the least, by the user's own weights (overrides). archive: also what changed between the registry's own
    versions, by the day of submission.
    """

    since: datetime | None = None
    until: datetime | None = None
    watch: str | None = None
    trials: tuple[str, ...] | None = None
    severity: Severity = Severity.MINOR
    overrides: routes.Overrides = field(default_factory=dict)
    field: str | None = None
    archive: bool = False


class Rows:
    """One reading of one moment. damaged: versions that could not be read, a line each."""

    def __init__(self, db: Database, choice: Choice) -> None:
        self._db = db
        self._choice = choice
        self._fields = None if choice.field is None else fields.table("ctgov").within(choice.field)
        self._whole = Whole(db)
        self.damaged: list[str] = []

    def size(self) -> int:
        """How many trials are to be gone through, about."""
        if self._choice.trials is not None:
            return len(self._choice.trials)
        return sum(self._whole.size(registry) for registry in self._whole.registries())

    def of(self, table: Table, columns: tuple[Column, ...]) -> Iterator[Any]:
        """What the columns of the table are read from, a row each."""
        if table is CHANGES:
            noise = self._choice.severity is Severity.NOISE
            for _, event in self._events():
                yield from change_rows(event, noise=noise, fields=self._fields)
            return
        for registry in self._whole.registries():
            ids = self._ids(registry)
            if table is TRIALS:
                yield from self._whole.trials(registry, ids)
                continue
            bodies = any(column.body for column in columns)
            since, until = self._choice.since, self._choice.until
            for read in self._whole.versions(registry, ids, since=since, until=until, bodies=bodies):
                if read.damaged is not None:
                    self.damaged.append(read.damaged)
                yield version_row(read)

    def events(self) -> Iterator[dict[str, Any]]:
        """As JSON, as `trialbell changes --json` has them."""
        noise, trial, seen = self._choice.severity is Severity.NOISE, "", None
        for number, event in self._events():
            if seen is None or event.trial != trial:
                trial, seen = event.trial, Seen(self._db, [event.trial])
            yield seen.as_json(number, event, with_noise=noise)

    def _events(self) -> Iterator[tuple[int, Event]]:
        """With the user's own severities, as everywhere."""
        choice = self._choice
        for registry in self._whole.registries():
            wanted = Wanted(
                since=choice.since,
                until=choice.until,
                watch=choice.watch,
                # An override may raise what is stored lower.
                min_severity=Severity.NOISE if choice.overrides else choice.severity,
                fields=self._fields,
                archive=choice.archive,
            )
            for number, event in self._whole.events(registry, wanted, choice.trials):
                weighed = routes.severities(event, choice.overrides)
                if weighed.severity >= choice.severity:
                    yield number, weighed

    def _ids(self, registry: str) -> Iterable[str] | None:
        """Of trials that are asked for by id or by watch, or both."""
        choice = self._choice
        if choice.watch is None:
            return choice.trials
        found = [one.row for one in watches.active(self._db, registry=registry) if one.name == choice.watch]
        held = watches.each_held(self._db, found[0]) if found else iter(())
        return held if choice.trials is None else (trial for trial in held if trial in set(choice.trials))
