"""Writing down what happened: a version, its event and that it is untold yet, in the caller's transaction.

An event is computed once, here, stored, and read by everything else. Who is told is decided when the poll has
ended, in `untold`; when and in which message later still, in `telling`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from monitor import watches
from monitor.polling import untold
from monitor.registries.base import Registry
from snapshots.changeset import ChangeSet, Severity, VersionRef
from snapshots.deadlines.standing import Entered
from snapshots.deadlines.states import StateKind
from snapshots.deadlines.telling import deadline_event
from snapshots.event import Event, EventKind, Step, changed_event, disappearance_id, membership_id
from snapshots.facts import Facts
from snapshots.query import Reader
from snapshots.steps import with_steps
from snapshots.store import Parsed, Store

_SEVERITY = {
    EventKind.GONE: Severity.CRITICAL,
    EventKind.ENTERED: Severity.MAJOR,
    EventKind.RETURNED: Severity.MAJOR,
    EventKind.BACK: Severity.MAJOR,
    EventKind.MERGED: Severity.MAJOR,
    EventKind.LEFT: Severity.MINOR,
}
SEVERAL = "may hold several updates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A record that is not the newest version that we hold, as it came."""

    record: dict[str, Any]  # as `record.parse` gave it
    parsed: Parsed
    fingerprint: bytes | None
    lost: tuple[str, ...] = ()  # sections that the newest version that we hold has
    changes: ChangeSet | None = None  # since that version; None when there is none, or it is equal
    steps: tuple[Step, ...] = ()  # the registry's own versions in between, where its history was asked
    several: bool = False  # several submissions may lie in between, and nobody could tell them apart

    @property
    def facts(self) -> Facts:
        return self.parsed.facts


class Booking:
    """Writes for one poll of one registry. The caller owns every transaction, and settles what is untold."""

    def __init__(self, db: Database, registry: Registry, *, build: str, now: datetime) -> None:
        """build: the registry's stamp."""
        self._db = db
        self._registry = registry
        self._build = build
        self._now = now
        self._store = Store(db)
        self._reader = Reader(db)
        # Records that the sweep has seen so far; None where there is none, or single trials were asked for.
        self.seen: Callable[[], int] | None = None
        self._first_versions = 0
        self.versions = 0
        self.quiet_versions = 0
        self.events: list[str] = []  # ids of what was told or could have been, in order

    def version(self, seen: Seen, *, told: bool) -> int:
        """Store a record as the trial's newest snapshot, with its event when there was one before it; its number.

        told: somebody watched the trial up to now, so that what changed is news; else it is on record only.
        """
        name = self._registry.name
        added = self._store.add_snapshot(
            name,
            seen.record,
            seen_at=self._now,
            build=self._day(seen),
            fingerprint=seen.fingerprint,
            parsed=seen.parsed,
        )
        assert added.ref.version is not None
        if not added.new:
            return added.ref.version
        self.versions += 1
        if added.previous is None:
            self._first_versions += 1
            return added.ref.version
        changes = seen.changes
        if changes is None or changes.from_ != added.previous:
            old = self._old(seen.facts.trial, added.previous)
            changes = self.changes(seen, old, added.previous)
        event = changed_event(
            replace(changes, to=added.ref),
            at=self._now,
            url=self._registry.url(seen.facts.trial),
            watches=watches.holding(self._db, seen.facts.trial, registry=name) if told else (),
            sponsor=seen.facts.sponsor,
            sponsor_class=seen.facts.sponsor_class,
            phase=seen.facts.phase,
            status=seen.facts.status,
            note=SEVERAL if seen.several and not changes.quiet else None,
        )
        event = with_steps(event, seen.steps)  # which may tell of more than is left of it
        quiet = event.severity is Severity.NOISE
        if quiet:
            self.quiet_versions += 1
        self._write(event, told=told and not quiet)
        news = [one for one in added.entered if not _follows(one, event)]
        self.deadlines(seen.facts.trial, news if told else ())
        return added.ref.version

    def changes(self, seen: Seen, old: dict[str, Any], previous: VersionRef) -> ChangeSet:
        """Between a stored version and a record that is not stored yet. Writes nothing, and takes its time."""
        from snapshots.changes import compare  # 80 ms that a poll without changes does not need

        name, trial = self._registry.name, seen.facts.trial
        coming = replace(
            previous,
            version=None,
            seen_at=self._now,
            updated=seen.facts.updated,
            build=self._day(seen),
        )
        past = self._reader.past(name, trial, previous)
        return compare(old, seen.record, registry=name, from_=previous, to=coming, past=past)

    def _day(self, seen: Seen) -> str:
        """Of the build that the record is of: during a rebuild that is not always the one that was asked for."""
        return seen.facts.build or self._build[:10]

    def membership(self, kind: EventKind, trial: str, watch: watches.Due) -> None:
        """`entered`, `left` or `returned`."""
        headline = {
            EventKind.ENTERED: f"Now matches “{watch.name}”",
            EventKind.RETURNED: f"Matches “{watch.name}” again",
            EventKind.LEFT: f"No longer matches “{watch.name}”",
        }[kind]
        event_id = membership_id(self._registry.name, trial, kind, watch.key, self._build)
        self._plain(event_id, kind, trial, headline, names=(watch.name,), tags=("watch",))

    def disappearance(self, kind: EventKind, trial: str, *, into: str | None = None) -> None:
        """`gone`, `back` or `merged`."""
        headline = {
            EventKind.GONE: "Record no longer in the registry",
            EventKind.BACK: "Record is in the registry again",
            EventKind.MERGED: f"Record merged into {into}",
        }[kind]
        self._plain(
            disappearance_id(self._registry.name, trial, kind, self._build),
            kind,
            trial,
            headline,
            names=watches.holding(self._db, trial, registry=self._registry.name),
            tags=("integrity",),
            detail=into,
        )

    def deadlines(self, trial: str, entered: Sequence[Entered]) -> None:
        """States that time made, or this version. Nobody watches the trial: they stand, and are no events."""
        names = watches.holding(self._db, trial, registry=self._registry.name) if entered else ()
        held = self._reader.trial(self._registry.name, trial) if names else None
        newest = self._store.newest(self._registry.name, trial) if names else None
        if held is None or newest is None:
            return
        for one in entered:
            event = deadline_event(
                held, one, to=newest.ref, at=self._now, url=self._registry.url(trial), watches=names
            )
            self._write(event, told=True)

    def mark(self, trial: str, state: str, *, into: str | None = None) -> None:
        """Whether the registry still has the record under this id."""
        self._store.mark(self._registry.name, trial, state, at=self._now, into=into)

    def _plain(
        self,
        event_id: str,
        kind: EventKind,
        trial: str,
        headline: str,
        *,
        names: Sequence[str],
        tags: tuple[str, ...],
        detail: str | None = None,
    ) -> None:
        held = self._reader.trial(self._registry.name, trial)
        newest = self._store.newest(self._registry.name, trial)
        event = Event(
            id=event_id,
            kind=kind,
            registry=self._registry.name,
            trial=trial,
            title=(held.title if held else None) or trial,
            url=self._registry.url(trial),
            severity=_SEVERITY[kind],
            headline=headline,
            at=self._now,
            tags=tags,
            watches=tuple(names),
            to=newest.ref if newest else None,
            build=self._build[:10],
            detail=detail,
            sponsor=held.sponsor if held else None,
            sponsor_class=held.sponsor_class if held else None,
            phase=held.phase if held else None,
            status=held.status if held else None,
        )
        self._write(event, told=True)

    def _write(self, event: Event, *, told: bool) -> None:
        sequence = self._store.add_event(event)
        if sequence is None or event.id is None:
            return  # booked before: an event happens once
        if event.severity is not Severity.NOISE:
            self.events.append(event.id)
        untold.add(self._db, sequence, event.registry, told=told, swept=self.swept())

    def booked(self) -> tuple[int, int, int, int]:
        """How far this got, for `undone`."""
        return self._first_versions, self.versions, self.quiet_versions, len(self.events)

    def undone(self, before: tuple[int, int, int, int]) -> None:
        """The transaction that was under way came to nothing."""
        self._first_versions, self.versions, self.quiet_versions, events = before
        del self.events[events:]
        # They remember what they read, a dictionary written in that transaction among it.
        self._store, self._reader = Store(self._db), Reader(self._db)

    def swept(self) -> int | None:
        """Records seen so far that there was an older version of. None: as `seen`."""
        return None if self.seen is None else max(0, self.seen() - self._first_versions)

    def _old(self, trial: str, ref: VersionRef) -> dict[str, Any]:
        assert ref.version is not None
        return self._reader.record(self._registry.name, trial, ref.source, ref.version)


def _follows(entered: Entered, event: Event) -> bool:
    """Whether a state only says again what an event says: that a study stopped, and its sites are listed as before.

    The state stands all the same, and is shown.
    """
    turned = any(change.field == "overall-status" for change in event.news)
    return turned and entered.state.state is StateKind.INCONSISTENT_SITE


def several_submissions(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether the registry's own dates show more than one submission between two records.

    Only those are seen that leave a date of their own: the update's, the results' and the certificate's.
    """
    before = old.get("protocolSection", {}).get("statusModule", {})
    after = new.get("protocolSection", {}).get("statusModule", {})
    since = before.get("lastUpdateSubmitDate", "")
    dates = ("lastUpdateSubmitDate", "resultsFirstSubmitDate", "dispFirstSubmitDate")
    fresh = {after[key] for key in dates if key in after and after[key] != before.get(key)}
    return len({day for day in fresh if day > since}) > 1
