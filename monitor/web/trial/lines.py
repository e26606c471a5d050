"""The history of one trial, a page of it: versions, those that retention took, and the other events, newest first.

Only what stands on the page is read: events by their numbers, and at most COMPARED pairs of records that nobody
compared before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from monitor import addresses
from monitor.acting.acknowledgements import Seen
from monitor.web.compare.marks import headline_of
from monitor.web.drawing.names import day_of, meta_of, name_of, number_of
from monitor.web.drawing.prose import without_domains
from monitor.web.finding import record_of
from monitor.web.reading import Reading
from monitor.web.setting import Effective
from monitor.web.shapes import Version as VersionShape
from monitor.web.trial import history, shapes
from monitor.web.trial.chain import Happened
from monitor.web.trial.history import Row
from snapshots.changes import compare
from snapshots.changeset import Severity, Source, VersionRef
from snapshots.event import Event, EventKind
from snapshots.instants import stamp
from snapshots.query import Version
from snapshots.retention import Removed
from snapshots.twins import twins

ROWS = 60  # lines on one page
COMPARED = 4  # pairs without a stored change set that a page compares itself
COMPARED_BYTES = 400_000  # of such a pair: more takes too long for a page
PAIRS_READ = 12  # of versions of one day of submission that are read to see whether they are the same
PAIRS_BYTES = 1_500_000  # in all

Entry = Version | Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A page of the history, for people and as data; more: there are older ones."""

    rows: tuple[Row, ...]
    lines: tuple[shapes.Line, ...]
    more: bool


def with_twins(reader: Reading, registry: str, trial: str, versions: list[Version]) -> list[Version]:
    """The versions with their twins told by what they say, where few bodies need be read for it.

    versions: with their twins told by the day of submission. Where many would be, these stay.
    """
    archive = [one for one in versions if one.ref.source is Source.ARCHIVE]
    ours = [one for one in versions if one.ref.source is Source.SNAPSHOT]
    same_day: dict[str | None, list[Version]] = {}
    for one in ours:
        same_day.setdefault(one.submitted, []).append(one)
    pairs = [(one, other) for one in archive for other in same_day.get(one.ref.updated, ())]
    if len(pairs) > PAIRS_READ or sum(one.size + other.size for one, other in pairs) > PAIRS_BYTES:
        return versions
    paired = twins(archive, ours, lambda one: record_of(reader, registry, trial, one.ref)[0])
    return [replace(one, equal_to=paired.get(one.ref)) for one in versions]


def entries(versions: Sequence[Version], events: Sequence[Happened]) -> list[Entry]:
    """All that the history tells of, newest first. versions: with their twins, in the order of `Reader.versions`."""
    stored = {history.key(one.ref) for one in versions}
    other = [
        one
        for one in events
        if one.kind is not EventKind.CHANGED
        or (one.link is not None and one.to is not None and history.key(one.to) not in stored)
    ]
    merged: list[Entry] = [*history.shown(versions), *other]
    merged.sort(key=_day)  # stable: versions keep their order, and stand before events of their day
    return merged[::-1]


def lines(
    reader: Reading,
    registry: str,
    trial: str,
    versions: Sequence[Version],
    events: Sequence[Happened],
    removed: Sequence[Removed],
    effective: Effective,
    *,
    start: int,
) -> Lines:
    """The entries from `start` on, at most ROWS of them. versions: with their twins."""
    found = entries(versions, events)
    page = found[start : start + ROWS]
    before = history.previous_of(versions)
    leading = {
        (one.link[0], one.link[2]): one.number for one in events if one.link is not None
    }  # the change set that leads to a version, by its line and number
    told_by = [one.number if isinstance(one, Happened) else leading.get(history.key(one.ref)) for one in page]
    telling = _Telling(
        reader,
        registry,
        trial,
        versions,
        {
            number: effective(event)
            for number, event in reader.numbered([one for one in told_by if one is not None])
        },
        reader.seen([trial]),
    )
    made = [
        telling.happened(one, removed)
        if isinstance(one, Happened)
        else telling.version(one, before.get(history.key(one.ref)), number)
        for one, number in zip(page, told_by, strict=True)
    ]
    return Lines(
        rows=tuple(row for row, _ in made),
        lines=tuple(line for _, line in made),
        more=len(found) > start + ROWS,
    )


def _day(entry: Entry) -> str:
    if isinstance(entry, Version):
        return day_of(entry.ref)
    if entry.link is not None and entry.to is not None:
        return day_of(entry.to) or entry.day
    return entry.day


class _Telling:
    """Lines of one page: as stored events say, else compared now."""

    def __init__(
        self,
        reader: Reading,
        registry: str,
        trial: str,
        versions: Sequence[Version],
        events: Mapping[int, Event],
        seen: Seen,
    ) -> None:
        self._reader = reader
        self._registry = registry
        self._trial = trial
        self._sizes = {one.ref: one.size for one in versions}
        self._events = events
        self._seen = seen
        self._compared = 0

    def version(
        self, version: Version, previous: VersionRef | None, number: int | None
    ) -> tuple[Row, shapes.Line]:
        ref = version.ref
        event = self._events.get(number) if number is not None else None
        since = event.from_ if event is not None else None
        if since is not None and previous is not None and history.key(since) != history.key(previous):
            event = None  # between the two lies a version that came later
        headline, severity = self._told(version, previous, event)
        acknowledged = self._acknowledged(number, event)
        url = addresses.version(self._registry, self._trial, ref)
        compared = None
        if previous is not None:
            compared = addresses.compare(self._registry, self._trial, previous, ref)
        twin = version.equal_to
        quiet = severity is Severity.NOISE
        row = Row(
            day=day_of(ref),
            headline=headline,
            severity=severity,
            quiet=quiet,
            meta=(*meta_of(ref), *acknowledged),
            name=name_of(ref),
            version_href=url,
            compare_href=compared,
            twin_href=None if twin is None else addresses.version(self._registry, self._trial, twin),
            twin_name="" if twin is None else f"version {twin.version}",
            event_href=addresses.event(number) if event is not None and number is not None else None,
        )
        line = shapes.Line(
            kind="version",
            day=row.day,
            headline=headline,
            severity=severity.value if severity is not None else None,
            quiet=quiet,
            version=version_shape(ref),
            submitted=version.submitted,
            sha256=version.sha256.hex(),
            size=version.size,
            same_as=None if twin is None else number_of(twin),
            event=number if event is not None else None,
            url=url,
            compare=compared,
            acknowledged=list(acknowledged),
        )
        return row, line

    def happened(self, one: Happened, removed: Sequence[Removed]) -> tuple[Row, shapes.Line]:
        """An event that is no version's, or that of a version which retention took."""
        event = self._events[one.number]
        acknowledged = self._acknowledged(one.number, event)
        gone = one.link is not None and one.to is not None
        url = addresses.event(one.number)
        headline = headline_of(event.headline, event.changes)
        day, name, meta = one.day, "", [history.KINDS[event.kind]]
        to = event.to
        if gone and to is not None:
            day, name, meta = day_of(to), name_of(to), [*meta_of(to), _taken(to, removed)]
        row = Row(
            day=day,
            headline=headline,
            severity=event.severity,
            quiet=gone and event.severity is Severity.NOISE,
            meta=(*meta, *(f"watch {name}" for name in event.watches[:5] if not gone), *acknowledged),
            name=name,
            event_href=url,
        )
        line = shapes.Line(
            kind="removed" if gone else event.kind.value,
            day=day,
            headline=headline,
            severity=event.severity.value,
            quiet=row.quiet,
            version=version_shape(to) if gone and to is not None else None,
            submitted=None,
            sha256=None,
            size=None,
            same_as=None,
            event=one.number,
            url=url,
            compare=None,
            acknowledged=list(acknowledged),
        )
        return row, line

    def _told(
        self, version: Version, previous: VersionRef | None, event: Event | None
    ) -> tuple[str, Severity | None]:
        if event is not None:
            return headline_of(event.headline, event.changes), event.severity
        if previous is None:
            first = (
                "The registry’s first version"
                if version.ref.version == 1
                else "The registry’s first version stored"
            )
            return (
                first if version.ref.source is Source.ARCHIVE else "First seen: the baseline",
                None,
            )
        size = version.size + self._sizes.get(previous, 0)
        if self._compared >= COMPARED or size > COMPARED_BYTES:
            return "Not compared with the version before it yet", None
        self._compared += 1
        left, _ = record_of(self._reader, self._registry, self._trial, previous)
        right, _ = record_of(self._reader, self._registry, self._trial, version.ref)
        changes = compare(left, right, registry=self._registry, from_=previous, to=version.ref)
        return headline_of(changes.headline, changes.changes), changes.severity

    def _acknowledged(self, number: int | None, event: Event | None) -> tuple[str, ...]:
        if number is None or event is None:
            return ()
        return tuple(without_domains(str(one)) for one in self._seen.of(number, event))


def row_of(line: shapes.Line) -> shapes.LineRow:
    """As a line of CSV."""
    version = line.version
    return shapes.LineRow(
        kind=line.kind,
        day=line.day,
        source=version.source if version else None,
        version=version.version if version else None,
        severity=line.severity,
        headline=line.headline,
        updated=version.updated if version else None,
        submitted=line.submitted,
        build=version.build if version else None,
        seen_at=version.seen_at if version else None,
        sha256=line.sha256,
        size=line.size,
        same_as=line.same_as,
        event=line.event,
    )


def version_shape(ref: VersionRef) -> VersionShape:
    return VersionShape(
        source=ref.source.value,
        version=ref.version,
        seen_at=stamp(ref.seen_at),
        updated=ref.updated,
        build=ref.build,
    )


def _taken(ref: VersionRef, removed: Sequence[Removed]) -> str:
    day = next(
        (
            one.day
            for one in removed
            if one.source is ref.source and one.first <= (ref.version or 0) <= one.last
        ),
        None,
    )
    return f"removed by retention on {day}" if day is not None else "no longer stored"
