"""Events: what happened to a trial, from any cause, under one id scheme; and their one JSON shape.

`check --json`, `diff --json`, `changes --json`, the jsonl and webhook notifiers and `/api` all give
`event_json`. Fields may be added to it, never renamed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from snapshots.changeset import JSON, ChangeSet, FieldChange, Severity, VersionRef
from snapshots.instants import stamp


class EventKind(StrEnum):
    CHANGED = "changed"  # a change set
    ENTERED = "entered"  # a trial began to match a watch
    LEFT = "left"  # it no longer matches, and is still in the registry
    RETURNED = "returned"  # it matches again
    GONE = "gone"  # the record is no longer in the registry
    BACK = "back"  # a gone record is there again
    MERGED = "merged"  # the id is an alias of another record now
    DEADLINE = "deadline"  # a state that time makes


@dataclass(frozen=True, slots=True, kw_only=True)
class StepChange:
    """That a field changed within a step; what of it is said is the step's headline."""

    field: str
    severity: Severity
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the registry's own versions that lay between two of our snapshots."""

    version: int  # archive number, 1-based
    submitted: str  # ISO day
    headline: str
    severity: Severity
    changes: tuple[StepChange, ...] = ()  # no noise


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened. Computed once, stored, and read by every alert, page, feed and export.

    Only CHANGED always has `from_` and `to`; elsewhere they may be None.
    """

    id: str | None  # stable; None only for a comparison of files
    kind: EventKind
    registry: str
    trial: str
    title: str
    url: str | None  # the registry's own page
    severity: Severity
    headline: str
    at: datetime | None  # aware UTC: when we learnt of it; None for a comparison by hand
    tags: tuple[str, ...] = ()
    watches: tuple[str, ...] = ()  # names of the watches that held the trial
    from_: VersionRef | None = None
    to: VersionRef | None = None
    changes: tuple[FieldChange, ...] = ()
    build: str | None = None  # the data build it was learnt from, ISO day
    detail: str | None = None  # for events without changes: the surviving id of a merge, a deadline's state
    note: str | None = None  # e.g. "may hold several updates"
    sponsor: str | None = None
    sponsor_class: str | None = (
        None  # the registry's own word; what it is decides whether the name may be told
    )
    phase: str | None = None
    status: str | None = None  # recruitment status after the event, the registry's own word
    steps: tuple[Step, ...] = ()  # oldest first; only with the registry's history switched on
    engine: int = 0

    @property
    def news(self) -> tuple[FieldChange | StepChange, ...]:
        """What changed and is no noise, within its steps too: what routes and mutes go by."""
        every: list[FieldChange | StepChange] = list(self.changes)
        every += [one for step in self.steps for one in step.changes]
        return tuple(one for one in every if one.severity is not Severity.NOISE)


def changed_id(registry: str, trial: str, from_: VersionRef, to: VersionRef) -> str | None:
    """`ctgov:NCT07146087:changed:3-4`; `…:r3-r4` in the archive; None when a side is no stored version."""
    if from_.version is None or to.version is None:
        return None
    left, right = (("r" if ref.source == "archive" else "") + str(ref.version) for ref in (from_, to))
    return f"{registry}:{trial}:changed:{left}-{right}"


def membership_id(registry: str, trial: str, kind: EventKind, watch: str, build: str) -> str:
    """Of `entered`, `left`, `returned`: made of the watch's definition hash and the data build."""
    return f"{registry}:{trial}:{kind}:{watch}:{build}"


def disappearance_id(registry: str, trial: str, kind: EventKind, build: str) -> str:
    """Of `gone`, `back`, `merged`: made of the data build."""
    return f"{registry}:{trial}:{kind}:{build}"


def deadline_id(registry: str, trial: str, state: str, on: date) -> str:
    """Of `deadline`: made of the state and the day it was entered."""
    return f"{registry}:{trial}:{EventKind.DEADLINE}:{state}:{on.isoformat()}"


def changed_event(
    changes: ChangeSet,
    *,
    at: datetime | None,
    url: str | None,
    watches: tuple[str, ...] = (),
    sponsor: str | None = None,
    sponsor_class: str | None = None,
    phase: str | None = None,
    status: str | None = None,
    note: str | None = None,
) -> Event:
    """The `changed` event of a change set."""
    return Event(
        id=changed_id(changes.registry, changes.trial, changes.from_, changes.to),
        kind=EventKind.CHANGED,
        registry=changes.registry,
        trial=changes.trial,
        title=changes.title,
        url=url,
        severity=changes.severity,
        headline=changes.headline,
        at=at,
        tags=changes.tags,
        watches=watches,
        from_=changes.from_,
        to=changes.to,
        changes=changes.changes,
        build=changes.to.build,
        note=note,
        sponsor=sponsor,
        sponsor_class=sponsor_class,
        phase=phase,
        status=status,
        engine=changes.engine,
    )


def event_json(event: Event, *, with_noise: bool = False) -> dict[str, JSON]:
    """The published shape. Noise is there only when asked for."""
    return {
        "id": event.id,
        "event": event.kind.value,
        "registry": event.registry,
        "trial": event.trial,
        "title": event.title,
        "url": event.url,
        "severity": event.severity.value,
        "headline": event.headline,
        "tags": list(event.tags),
        "watches": list(event.watches),
        "at": stamp(event.at),
        "build": event.build,
        "from": _version_json(event.from_),
        "to": _version_json(event.to),
        "status": event.status,
        "detail": event.detail,
        "note": event.note,
        "steps": [
            {
                "version": step.version,
                "submitted": step.submitted,
                "headline": step.headline,
                "severity": step.severity.value,
                "fields": [change.field for change in step.changes],
                "tags": list(dict.fromkeys(tag for change in step.changes for tag in change.tags)),
            }
            for step in event.steps
        ],
        "changes": [
            _change_json(change)
            for change in event.changes
            if with_noise or change.severity is not Severity.NOISE
        ],
    }


def _version_json(ref: VersionRef | None) -> dict[str, JSON] | None:
    if ref is None:
        return None
    return {
        "source": ref.source.value,
        "version": ref.version,
        "seen_at": stamp(ref.seen_at),
        "updated": ref.updated,
        "build": ref.build,
    }


def _change_json(change: FieldChange) -> dict[str, JSON]:
    return {
        "field": change.field,
        "label": change.label,
        "kind": change.kind.value,
        "action": change.action.value,
        "item": change.item,
        "paths": list(change.paths),
        "before": change.before,
        "after": change.after,
        "severity": change.severity.value,
        "reason": change.reason,
        "summary": change.summary,
        "tags": list(change.tags),
    }
