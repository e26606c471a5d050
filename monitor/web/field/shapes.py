"""What the pages of fields answer to programs."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class ChangedField(Struct, frozen=True, kw_only=True):
    """A field that ever changed. times: submissions that changed it; first, last: days."""

    field: str
    label: str
    times: int
    first: str
    last: str
    severity: str


class ValueChange(Struct, frozen=True, kw_only=True):
    """One change of a field. day: of submission where that is known, else of the data build; seen: of the build.

    from, to: versions as addresses name them, `3` or `r12`. before, after: as the change set has them; without
    people. summary null: the two versions are stored, what lies between is not, and they were not read.
    """

    day: str | None
    seen: str | None
    event: str | None
    from_version: str | None
    to_version: str | None
    action: str | None
    item: str | None
    before: Any
    after: Any
    severity: str | None
    summary: str | None


class ValueRow(Struct, frozen=True, kw_only=True):
    """The same as a line of CSV. before, after: text as it is, all else as JSON."""

    day: str | None
    seen: str | None
    event: str | None
    from_version: str | None
    to_version: str | None
    action: str | None
    item: str | None
    before: str | None
    after: str | None
    severity: str | None
    summary: str | None


class MemberTimes(Struct, frozen=True, kw_only=True):
    """A member of a list. since: null where it is there since the first version; until: null where it still is."""

    name: str
    since: str | None
    until: str | None
    edited: list[str]
    known: bool


class FieldCourse(Struct, frozen=True, kw_only=True):
    """A field through time, the newest change first. first: what it was when the trial was first stored, where known.

    members: null where the field is no list, or no member can be told from another. next: the page that follows.
    """

    registry: str
    trial: str
    field: str
    label: str
    kind: str
    now: Any
    first_day: str | None
    first: Any
    changes: int
    unread: int  # stretches between two stored versions that were not read
    items: list[ValueChange]
    members: list[MemberTimes] | None
    next: str | None
