"""What comparisons answer to programs. Two versions are an event (`web.shapes.Event`), as `trialbell diff` has it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from monitor.web.compare.criteria import criteria_changes, name_of, what_of
from monitor.web.compare.marks import CRITERIA, is_personal, summary_of
from monitor.web.shapes import Change, Event
from snapshots.changeset import FieldChange
from snapshots.event import Event as StoredEvent
from snapshots.event import event_json

LONGEST_CELL = 32_000  # characters; https://support.microsoft.com/office/…-limits has 32,767 a cell


def compared(event: StoredEvent, *, with_noise: bool) -> Event:
    """What changed between two versions, each criterion of who may take part by its number."""
    made = msgspec.convert(event_json(event, with_noise=with_noise), Event)
    changes = [
        replace(one, criteria=criteria_changes(one.before, one.after)) if _is_criteria(one) else one
        for one in made.changes
    ]
    return replace(made, changes=changes)


def _is_criteria(one: Change | FieldChange) -> bool:
    return one.field == CRITERIA and isinstance(one.before, str) and isinstance(one.after, str)


class ChangeRow(Struct, frozen=True, kw_only=True):
    """One field that changed, as a line of CSV. before, after: text as it is, all else as JSON.

    Below the line of `eligibility-criteria` each criterion that changed has one: `item` names it, `part` and `number`
    say which it is, `before` and `after` are its own words. In lines of whole fields these two are empty.
    """

    field: str
    label: str
    kind: str
    action: str
    item: str | None
    before: str | None
    after: str | None
    severity: str
    reason: str
    summary: str
    paths: list[str]
    tags: list[str]
    part: str | None = None
    number: str | None = None


def change_rows(changes: Iterable[FieldChange]) -> list[ChangeRow]:
    rows: list[ChangeRow] = []
    for one in changes:
        row = ChangeRow(
            field=one.field,
            label=one.label,
            kind=one.kind.value,
            action=one.action.value,
            item=None if is_personal(one) else one.item,
            before=None if is_personal(one) else as_text(one.before),
            after=None if is_personal(one) else as_text(one.after),
            severity=one.severity.value,
            reason=one.reason,
            summary=summary_of(one),
            paths=list(one.paths),
            tags=list(one.tags),
        )
        rows.append(row)
        for each in criteria_changes(one.before, one.after) if _is_criteria(one) else ():
            rows.append(
                replace(
                    row,
                    action=each.action,
                    item=name_of(each),
                    before=each.before,
                    after=each.after,
                    summary=f"{name_of(each)} {what_of(each)}",
                    part=each.part,
                    number=each.number,
                )
            )
    return rows


def as_text(value: Any) -> str | None:
    """A value in a cell: text as it is, all else as JSON, cut where a spreadsheet would cut it."""
    if value is None:
        return None
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + " …"


class TrialSide(Struct, frozen=True, kw_only=True):
    """One of two trials, in one of its versions."""

    registry: str
    trial: str
    title: str
    source: str
    version: int | None
    updated: str | None
    build: str | None


class Beside(Struct, frozen=True, kw_only=True):
    """One field of both. a, b: what each has, as the registry has it; null for nothing. Without people."""

    section: str
    field: str
    label: str
    path: str
    same: bool
    a: Any
    b: Any


class TwoTrials(Struct, frozen=True, kw_only=True):
    """Two trials field by field. Nothing changed: one trial is not the other."""

    a: TrialSide
    b: TrialSide
    fields: list[Beside]


class BesideRow(Struct, frozen=True, kw_only=True):
    """One field of both as a line of CSV. a, b: text as it is, all else as JSON."""

    section: str
    field: str
    label: str
    path: str
    same: bool
    a: str | None
    b: str | None
