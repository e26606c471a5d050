"""JSON shapes that several addresses share, as types: the OpenAPI description is made of them.

Instants are texts such as `2026-11-20T09:12:44Z`, days `2026-11-20`, registries' dates as they wrote them
(`2026-11` too). Fields may be added, never renamed. An event's shape is `snapshots.event.event_json`'s, the one that
every other outlet gives; `event_of` takes it from there.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from monitor.alerting.discretion import without_people
from snapshots.event import Event as StoredEvent
from snapshots.event import event_json

T = TypeVar("T")


class Version(Struct, frozen=True, kw_only=True):
    """Where a version comes from. version: counts our snapshots from 1, in the archive as the registry does."""

    source: str
    version: int | None
    seen_at: str | None
    updated: str | None
    build: str | None


class Step(Struct, frozen=True, kw_only=True):
    """One of the registry's own versions between two of our snapshots."""

    version: int
    submitted: str
    headline: str
    severity: str
    fields: list[str]
    tags: list[str]


class CriterionChange(Struct, frozen=True, kw_only=True):
    """One criterion of who may take part. action: `changed`, `added`, `removed`, `moved` to another part.

    part: `inclusion`, `exclusion`, or "" where no heading says. number: as one counts them there, `3.2` for the
    second below the third; of a removed one, before. was_part, was_number: null of an added one. before, after: its
    words on one line, signs set evenly; null where it was not there.
    """

    part: str
    number: str
    action: str
    was_part: str | None
    was_number: str | None
    before: str | None
    after: str | None


class Change(Struct, frozen=True, kw_only=True):
    """One field that changed. before, after: as the registry has it, any JSON. criteria: those that changed, in the
    order of the newer text; there where two versions are compared and the field is `eligibility-criteria`."""

    field: str
    label: str
    kind: str
    action: str
    item: str | None
    paths: list[str]
    before: Any
    after: Any
    severity: str
    reason: str
    summary: str
    tags: list[str]
    criteria: list[CriterionChange] | UnsetType = UNSET


class Event(Struct, frozen=True, kw_only=True):
    """What happened to a trial."""

    id: str | None
    event: str
    registry: str
    trial: str
    title: str
    url: str | None
    severity: str
    headline: str
    tags: list[str]
    watches: list[str]
    at: str | None
    build: str | None
    from_: Version | None = field(name="from")
    to: Version | None
    status: str | None
    detail: str | None
    note: str | None
    steps: list[Step]
    changes: list[Change]


class Numbered(Event, frozen=True, kw_only=True):
    """An event with its place in the order of storing, by which lists go on."""

    number: int


class Listed(Struct, Generic[T], frozen=True, kw_only=True):
    """A page of a list. next: the path of the page that follows; null on the last."""

    items: list[T]
    next: str | None


class EventRow(Struct, frozen=True, kw_only=True):
    """An event as a line of CSV."""

    number: int
    id: str | None
    at: str | None
    registry: str
    trial: str
    title: str
    event: str
    severity: str
    headline: str
    tags: list[str]
    watches: list[str]
    fields: list[str]
    status: str | None


def numbered(number: int, event: StoredEvent, *, staff: bool = False) -> Numbered:
    return msgspec.convert({**event_json(event_told(event, staff=staff)), "number": number}, Numbered)


def event_told(event: StoredEvent, *, staff: bool) -> StoredEvent:
    """As alerts, bundles and the assistant have it; staff: whether study staff may be named (`[web] study_staff`)."""
    return event if staff else without_people(event)


def event_row(number: int, event: StoredEvent, *, staff: bool = False) -> EventRow:
    told = event_json(event_told(event, staff=staff))
    fields = [one.field for one in event.news]
    return msgspec.convert({**told, "number": number, "fields": list(dict.fromkeys(fields))}, EventRow)
