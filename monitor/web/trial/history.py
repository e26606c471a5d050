"""The history of one trial as rows: its versions, what each changed, and the other events, newest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from monitor import addresses
from monitor.web.drawing.names import day_of, meta_of, name_of
from snapshots.changeset import Severity, Source, VersionRef
from snapshots.event import Event, EventKind
from snapshots.query import Version

KINDS: Mapping[EventKind, str] = {
    EventKind.CHANGED: "changed",
    EventKind.ENTERED: "began to match a watch",
    EventKind.LEFT: "no longer matches a watch",
    EventKind.RETURNED: "matches a watch again",
    EventKind.GONE: "gone from the registry",
    EventKind.BACK: "back in the registry",
    EventKind.MERGED: "merged into another record",
    EventKind.DEADLINE: "a date passed or comes near",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line. Either a version (`version_href`) or an event without one (`event_href`)."""

    day: str
    headline: str
    severity: Severity | None  # None: the first of its line, a baseline
    meta: tuple[str, ...]
    quiet: bool = False
    name: str = ""
    version_href: str | None = None
    compare_href: str | None = None
    twin_href: str | None = None
    twin_name: str = ""
    event_href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    rows: tuple[Row, ...]
    quiet: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a version changed."""

    headline: str
    severity: Severity
    seen: tuple[str, ...] = ()  # who has acknowledged it


Key = tuple[Source, int]


def key(ref: VersionRef) -> Key:
    return ref.source, ref.version or 0


def shown(versions: Sequence[Version]) -> list[Version]:
    """A snapshot and its equal archive version are one line: the snapshot's."""
    stored = {key(one.ref) for one in versions}
    return [
        one
        for one in versions
        if not (one.ref.source is Source.ARCHIVE and one.equal_to is not None and key(one.equal_to) in stored)
    ]


def previous_of(versions: Sequence[Version]) -> dict[Key, VersionRef]:
    """For each version the one before it in its own line."""
    found: dict[Key, VersionRef] = {}
    last: dict[Source, VersionRef] = {}
    for one in sorted(versions, key=lambda version: version.ref.version or 0):
        if one.ref.source in last:
            found[key(one.ref)] = last[one.ref.source]
        last[one.ref.source] = one.ref
    return found


def version_row(
    registry: str,
    trial: str,
    version: Version,
    previous: VersionRef | None,
    told: Callable[[VersionRef, VersionRef], Told],
) -> Row:
    """The line of one version; `told` says what it changed."""
    ref = version.ref
    made = None if previous is None else told(previous, ref)
    baseline = "The registry's first version" if ref.source is Source.ARCHIVE else "First seen: the baseline"
    twin = version.equal_to
    return Row(
        day=day_of(ref),
        headline=made.headline if made else baseline,
        severity=made.severity if made else None,
        quiet=made is not None and made.severity is Severity.NOISE,
        meta=(*meta_of(ref), *(made.seen if made else ())),
        name=name_of(ref),
        version_href=addresses.version(registry, trial, ref),
        compare_href=None if previous is None else addresses.compare(registry, trial, previous, ref),
        twin_href=None if twin is None else addresses.version(registry, trial, twin),
        twin_name="" if twin is None else f"version {twin.version}",
    )


def event_row(sequence: int, event: Event, seen: Sequence[str] = ()) -> Row:
    at = event.at.date().isoformat() if event.at else ""
    meta = [KINDS[event.kind], *(f"watch {name}" for name in event.watches[:5]), *seen]
    return Row(
        day=event.build or at,
        headline=event.headline,
        severity=event.severity,
        meta=tuple(meta),
        event_href=addresses.event(sequence),
    )


def grouped(rows: Sequence[Row]) -> tuple[Group, ...]:
    """Neighbouring quiet versions are folded together."""
    groups: list[tuple[bool, list[Row]]] = []
    for row in rows:
        if not groups or groups[-1][0] != row.quiet:
            groups.append((row.quiet, []))
        groups[-1][1].append(row)
    return tuple(Group(quiet=quiet, rows=tuple(members)) for quiet, members in groups)
