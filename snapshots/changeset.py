"""What changed between two versions of a trial, as values: field changes and the change set that holds them.

These are the types that every alert, page, feed and export reads. They are made in `changes`, written and
read in `store` and `query`, turned into JSON in `event`. Nothing here decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any

JSON = Any  # a JSON value as the registry published it: the one place where Any is meant


class Severity(Enum):
    """How much a change matters, ordered: noise < minor < major < critical."""

    NOISE = "noise"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    rank: int

    def __init__(self, word: object) -> None:
        self.rank = len(type(self).__members__)

    def __lt__(self, other: Severity) -> bool:
        return self.rank < other.rank

    def __le__(self, other: Severity) -> bool:
        return self.rank <= other.rank

    def __gt__(self, other: Severity) -> bool:
        return self.rank > other.rank

    def __ge__(self, other: Severity) -> bool:
        return self.rank >= other.rank


ENGINE = 1  # of the change engine; raised when the same two records would be read differently
DETAIL = "a detail of the record"  # why a change is minor, where nothing better can be said


class Kind(StrEnum):
    """What sort of value a field holds, which decides how it is compared and told."""

    STATUS = "status"
    DATE = "date"
    COUNT = "count"
    TEXT = "text"
    CHOICE = "choice"
    LIST = "list"


class Action(StrEnum):
    CHANGED = "changed"  # one value became another
    ADDED = "added"  # it was absent
    REMOVED = "removed"  # it is absent now
    EDITED = "edited"  # the same member of a list, or the same text, with other words
    MOVED = "moved"  # the same member, in another list (a primary outcome made secondary)


class Source(StrEnum):
    """Where a version was had from."""

    SNAPSHOT = "snapshot"  # our own, numbered from 1 in the order stored
    ARCHIVE = "archive"  # the registry's record history, numbered as its Record History tab shows
    FILE = "file"
    LIVE = "live"  # as published now, not stored

    @property
    def archive(self) -> int:
        """How the tables with a row for each version tell the two stored lines apart: 1 the registry's, 0 ours."""
        return {Source.SNAPSHOT: 0, Source.ARCHIVE: 1}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRef:
    """Names one version of one trial."""

    source: Source
    version: int | None  # None for a file and for what is published now
    seen_at: datetime | None  # aware UTC: when we fetched it; None for a file
    updated: str | None  # the registry's lastUpdatePostDate, ISO; in the archive the day of submission
    build: str | None  # the day of the data build it was first seen in, ISO; None in the archive

    def __post_init__(self) -> None:
        if self.seen_at is not None and self.seen_at.tzinfo is None:
            raise ValueError("seen_at must be aware UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field that changed, and what a person would say of it.

    Invariants: `paths` is never empty; every path that differs between the two records outside noise is
    covered by exactly one FieldChange; `before` is None exactly when the action is ADDED, `after` exactly
    when it is REMOVED.
    """

    field: str  # slug, stable: others script against it
    label: str  # what a person would call the field
    kind: Kind
    action: Action
    # Dotted, list members by position in the newer record; of a removal, in the older. Where one change tells of
    # both (sites of a country), those of the older read `locations.removed.3`. Of what moved: where it was, where it
    # is.
    paths: tuple[str, ...]
    before: JSON
    after: JSON
    severity: Severity
    reason: str  # why it has this severity, half a sentence
    summary: str  # one sentence, without full stop
    item: str | None = None  # which member of a list, as a person would name it
    tags: tuple[str, ...] = ()
    # The registry did the same to most records of a sweep at once: said by the monitor afterwards, never computed.
    # The severity stays what it is; whoever tells makes little of it.
    drift: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """All field changes between two versions, with one headline, one severity (the highest) and its tags."""

    registry: str  # "ctgov"
    trial: str
    title: str
    from_: VersionRef
    to: VersionRef
    changes: tuple[FieldChange, ...]  # the weightiest first; noise among them, last
    headline: str
    severity: Severity  # NOISE when nothing but noise changed: a quiet version
    tags: tuple[str, ...] = field(default=())
    engine: int = 0  # the version of the change engine that computed it

    @property
    def quiet(self) -> bool:
        return self.severity is Severity.NOISE
