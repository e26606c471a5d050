"""One field of a trial through time: each change with its day, oldest first. What the command and the page share.

A change is dated by the registry's day of submission where the archive's line has it, and says when it was seen.
Where versions between two are not stored, both are read: what differs is told as that, and never passed over.
Pure; who asks has read the events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import merge
from typing import TYPE_CHECKING, Any

from monitor.unread import mark, neighbours, unread
from snapshots.changeset import Severity

if TYPE_CHECKING:
    from snapshots.changeset import FieldChange, Source, VersionRef
    from snapshots.events import Led
    from snapshots.fields import Field
    from snapshots.query import Version
    from snapshots.timeline import Stood

OUTCOMES = ("primary-outcomes", "secondary-outcomes", "other-outcomes")
Between = Callable[["Gap"], "Sequence[FieldChange] | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change of the field."""

    day: str | None  # the registry's day of submission, else of our data build
    seen: str | None  # the day of the build that we saw it in; None where no change set tells of it
    change: FieldChange | None  # None: two versions that were not read
    event: Led | None
    from_: VersionRef | None
    to: VersionRef | None
    beside: str  # said behind the sentence, with a space before it; may be empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Neighbours in time between which no stored change sets lead."""

    older: Stood
    newer: Stood

    @property
    def neighbours(self) -> bool:
        return neighbours(self.older, self.newer)

    @property
    def words(self) -> str:
        names = mark(self.older.source, self.older.number), mark(self.newer.source, self.newer.number)
        if self.neighbours:
            return f" ({names[0]} → {names[1]})"
        return f" (between {names[0]} and {names[1]}; when is not stored)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """gaps, events: oldest first."""

    field: str
    gaps: tuple[Gap, ...]
    events: tuple[Led, ...]
    versions: tuple[Version, ...]

    def steps(self, *, until: date | None = None, between: Between) -> Iterator[Step]:
        """between: the changes over a gap; None where they are not to be read."""
        said_twice = _said_twice(self.events, self.versions)
        submitted = {
            one.ref.version: one.equal_to.updated
            for one in self.versions
            if one.ref.source == "snapshot" and one.equal_to is not None
        }
        refs = {(one.ref.source, one.ref.version): one.ref for one in self.versions}
        lines: tuple[Sequence[Led | Gap], ...] = (self.gaps, self.events)
        for place in merge(*lines, key=_place):
            if not isinstance(place, Gap):
                yield from self._told(place, said_twice, submitted, refs, until)
                continue
            found = between(place)
            for change in [None] if found is None else found:
                if change is None or self.tells(change):
                    yield Step(
                        day=place.newer.since,
                        seen=None,
                        change=change,
                        event=None,
                        from_=refs.get((place.older.source, place.older.number)),
                        to=refs.get((place.newer.source, place.newer.number)),
                        beside=place.words,
                    )

    def tells(self, change: FieldChange) -> bool:
        """Whether a change is one of the field. An outcome that moved between two lists is one of both."""
        if change.severity is Severity.NOISE:
            return False
        if change.field == self.field:
            return True
        return change.action == "moved" and any(_path_of(self.field) in path for path in change.paths)

    def _told(
        self,
        event: Led,
        said_twice: Callable[[Led, FieldChange], bool],
        submitted: dict[int | None, str | None],
        refs: dict[tuple[Source, int | None], VersionRef],
        until: date | None,
    ) -> Iterator[Step]:
        if until is not None and not until_day(day_told(event.to), until):
            return
        own, seen = day_told(event.to), event.to.build
        on = (submitted.get(event.to.version) if event.to.source == "snapshot" else None) or own
        for change in event.changes:
            if self.tells(change) and not said_twice(event, change):
                beside = _archived(event) or (f" (seen {seen})" if on != own else "")
                yield Step(
                    day=on,
                    seen=seen,
                    change=change,
                    event=event,
                    from_=refs.get((event.from_.source, event.from_.version), event.from_),
                    to=refs.get((event.to.source, event.to.version), event.to),
                    beside=beside,
                )


def course(
    field: str,
    *,
    timeline: Sequence[Stood],
    events: Sequence[Led],
    versions: Sequence[Version],
    until: date | None = None,
) -> Course:
    """events: all change sets of the trial, with the field's changes (`fields_read`) at least."""
    ordered = _in_time(events)
    pairs = unread(timeline, ordered, versions)
    gaps = [Gap(older=older, newer=newer) for older, newer in pairs]
    if until is not None:
        gaps = [one for one in gaps if until_day(one.newer.since, until)]
    return Course(field=field, gaps=tuple(gaps), events=tuple(ordered), versions=tuple(versions))


def fields_read(field: str) -> tuple[str, ...]:
    """The fields under which changes of this one are told."""
    return OUTCOMES if field in OUTCOMES else (field,)


def value_in(record: dict[str, Any], field: Field) -> Any:
    """The field's value in a record; None where it has none."""
    value: Any = record
    for key in field.keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def day_told(ref: VersionRef) -> str | None:
    """The day of a version, by which `snapshots.timeline` goes: of the build, in the archive of the submission."""
    return ref.build or ref.updated


def until_day(day: str | None, last: date) -> bool:
    return day is not None and day <= last.isoformat()


def _path_of(field: str) -> str:
    return {"primary-outcomes": ".primaryOutcomes", "secondary-outcomes": ".secondaryOutcomes"}.get(
        field, ".otherOutcomes"
    )


def _place(one: Led | Gap) -> str:
    return one.newer.since if isinstance(one, Gap) else day_told(one.to) or ""


def _in_time(events: Sequence[Led]) -> list[Led]:
    """Both lines, oldest first: each in the order of its numbers, whatever its dates say."""

    def number(one: Led) -> int:
        return one.to.version or 0

    archive = sorted((one for one in events if one.to.source == "archive"), key=number)
    ours = sorted((one for one in events if one.to.source != "archive"), key=number)
    return list(merge(archive, ours, key=_place))


def _said_twice(events: Sequence[Led], versions: Sequence[Version]) -> Callable[[Led, FieldChange], bool]:
    """Whether a change of the archive's is the one that led to the snapshot equal to its version."""
    twins = {one.ref.version: one.equal_to for one in versions if one.ref.source == "archive"}
    ours = {
        event.to.version: [(one.field, one.item, one.before, one.after) for one in event.changes]
        for event in events
        if event.to.source == "snapshot"
    }

    def said(event: Led, change: FieldChange) -> bool:
        if event.to.source != "archive":
            return False
        twin = twins.get(event.to.version)
        own = ours.get(twin.version, []) if twin is not None else []
        return (change.field, change.item, change.before, change.after) in own

    return said


def _archived(event: Led) -> str:
    """The registry's own steps stand beside the change between two snapshots that holds them: no further change."""
    if event.to.source != "archive":
        return ""
    return f" (the registry's own version r{event.from_.version} → r{event.to.version})"
