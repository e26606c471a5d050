"""The lines of a trial's history, and neighbouring quiet ones folded together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from snapshots.changeset import Severity, Source, VersionRef
from snapshots.event import EventKind
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
    """One line: a version (`version_href`), one that retention took, or an event without a version."""

    day: str
    headline: str
    severity: Severity | None  # None: the first of its line, or not compared here
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


def grouped(rows: Sequence[Row]) -> tuple[Group, ...]:
    """Neighbouring quiet versions are folded together."""
    groups: list[tuple[bool, list[Row]]] = []
    for row in rows:
        if not groups or groups[-1][0] != row.quiet:
            groups.append((row.quiet, []))
        groups[-1][1].append(row)
    return tuple(Group(quiet=quiet, rows=tuple(members)) for quiet, members in groups)
