"""Where the past of a trial was not read: versions that follow each other here and have others between them.

A bounded backfill brings the first version and the newest; what changed between two such is known by their values only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from snapshots.changeset import Source

if TYPE_CHECKING:
    from snapshots.changeset import ChangeSet, VersionRef
    from snapshots.query import Reader, Version
    from snapshots.retention import Removed
    from snapshots.timeline import Stood


class Leading(Protocol):
    """A change set, as far as it matters here: from which version to which it leads."""

    @property
    def from_(self) -> VersionRef | None: ...

    @property
    def to(self) -> VersionRef | None: ...


def unread(
    timeline: Sequence[Stood], events: Iterable[Leading], versions: Iterable[Version]
) -> list[tuple[Stood, Stood]]:
    """Neighbours of the timeline between which no stored change sets lead, oldest first.

    versions: both lines with their twins: from the archive into ours it goes by what our version is equal to.
    """
    following = _following(events)
    twins = {
        one.ref.version: one.equal_to.version
        for one in versions
        if one.ref.source is Source.SNAPSHOT and one.equal_to is not None
    }
    found = []
    for older, newer in pairwise(timeline):
        seam = older.source is not newer.source
        end = twins.get(newer.number) if seam else newer.number
        if seam and end is not None and older.number >= end:
            continue  # submitted by then and posted later: what led to it is told as ours
        if end is None or not _leads(following, older.source, older.number, end):
            found.append((older, newer))
    return found


def neighbours(older: Stood, newer: Stood) -> bool:
    """Whether no version lies between two of one line: their difference is all, though nobody told it."""
    return older.source is newer.source and newer.number == older.number + 1


def missing(
    versions: Iterable[Version], events: Iterable[Leading], removed: Iterable[Removed]
) -> list[tuple[int, int]]:
    """(first, last) numbers of the archive's line that lie between stored ones, and are not stored; oldest first.

    Not those that retention took, which is said in its own words, nor numbers that the registry does not list.
    """
    following = _following(events)
    gone = [(one.first, one.last) for one in removed if one.source is Source.ARCHIVE]
    numbers = sorted(one.ref.version or 0 for one in versions if one.ref.source is Source.ARCHIVE)
    return [
        (older + 1, newer - 1)
        for older, newer in pairwise(numbers)
        if newer > older + 1
        and not _leads(following, Source.ARCHIVE, older, newer)
        and not any(first <= newer - 1 and last >= older + 1 for first, last in gone)
    ]


def between(
    reader: Reader,
    registry: str,
    trial: str,
    older: tuple[Stood, VersionRef],
    newer: tuple[Stood, VersionRef],
) -> ChangeSet:
    """What differs between two stored versions. DamagedVersion."""
    from snapshots.changes import compare

    old, new = (reader.record(registry, trial, one.source, one.number) for one, _ in (older, newer))
    return compare(old, new, registry=registry, from_=older[1], to=newer[1], as_stored=True)


def numbers_said(gaps: Iterable[tuple[int, int]]) -> str:
    """`r2–r5, r9`"""
    return ", ".join(f"r{first}–r{last}" if last > first else f"r{first}" for first, last in gaps)


def mark(source: Source, number: int | None) -> str:
    """A version's short name: `3`, `r12`."""
    return f"{'r' if source is Source.ARCHIVE else ''}{number}"


def _following(events: Iterable[Leading]) -> dict[tuple[Source, int | None], int]:
    """(line, number) → the number to which a stored change set leads from it."""
    return {
        (one.from_.source, one.from_.version): one.to.version
        for one in events
        if one.from_ is not None and one.to is not None and one.to.version is not None
        and one.from_.source is one.to.source
    }  # fmt: skip


def _leads(following: dict[tuple[Source, int | None], int], source: Source, number: int, end: int) -> bool:
    while number < end:
        step = following.get((source, number))
        if step is None or step <= number:
            return False
        number = step
    return number == end
