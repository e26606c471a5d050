"""Field changes, made: what all rules have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from snapshots.changeset import DETAIL, Action, FieldChange, Severity
from snapshots.comparison import Difference, Member
from snapshots.fields import Field

UNREADABLE = "a value of a shape that trialbell does not know"
NOTHING = "nothing"  # what stands for a JSON null, which is there
TRIPPED = "trialbell failed to read what changed here"


def action_of(before: Any, after: Any) -> Action:
    if before is None:
        return Action.ADDED
    return Action.REMOVED if after is None else Action.CHANGED


def _action(action: Action | None, before: Any, after: Any) -> Action:
    """As asked for, within what every reader may rely on: nothing before an addition, nothing after a removal."""
    if before is None or after is None:
        return action_of(before, after)
    return Action.EDITED if action in (Action.ADDED, Action.REMOVED) else action or Action.CHANGED


def change(
    one: Difference,
    summary: str,
    *,
    severity: Severity | None = None,
    reason: str | None = None,
    tags: Iterable[str] = (),
    action: Action | None = None,
    before: Any = ...,
    after: Any = ...,
    item: str | None = None,
) -> FieldChange:
    """The change of a field as a whole."""
    old = one.old if before is ... else before
    new = one.new if after is ... else after
    if old is None and new is None:  # a JSON null that came or went
        old = new = NOTHING
    return FieldChange(
        field=one.field.slug,
        label=one.field.label,
        kind=one.field.kind,
        action=_action(action, old, new),
        paths=tuple(dict.fromkeys(one.paths)),
        before=old,
        after=new,
        severity=severity or one.field.severity,
        reason=reason or one.field.reason or DETAIL,
        summary=summary,
        item=item,
        tags=tuple(dict.fromkeys((*one.field.tags, *tags))),
    )


def member_change(
    field: Field,
    action: Action,
    summary: str,
    *,
    paths: Iterable[str],
    before: Any,
    after: Any,
    item: str,
    severity: Severity | None = None,
    reason: str | None = None,
    tags: Iterable[str] = (),
) -> FieldChange:
    """The change of one member, or of a group of members, of a list."""
    before = None if action is Action.ADDED else NOTHING if before is None else before
    after = None if action is Action.REMOVED else NOTHING if after is None else after
    return FieldChange(
        field=field.slug,
        label=field.label,
        kind=field.kind,
        action=_action(action, before, after),
        paths=tuple(paths),
        before=before,
        after=after,
        severity=severity or field.severity,
        reason=reason or field.reason or DETAIL,
        summary=summary,
        item=item,
        tags=tuple(dict.fromkeys((*field.tags, *tags))),
    )


def member_path(field: Field, old_at: int | None, new_at: int | None) -> str:
    """In the newer record; in the older when the member is no longer there."""
    return f"{field.path}.{new_at if new_at is not None else old_at}"


def made(
    field: Field,
    member: Member,
    action: Action,
    words: str,
    name: str,
    severity: Severity | None = None,
    reason: str = "",
    tags: tuple[str, ...] = (),
) -> FieldChange:
    """The change of one member with its own values before and after."""
    return member_change(
        field,
        action,
        words,
        paths=[member_path(field, member.old_at, member.new_at)],
        before=member.old,
        after=member.new,
        item=name or field.label,
        severity=severity,
        reason=reason or field.reason,
        tags=tags,
    )


def unreadable(one: Difference, reason: str = UNREADABLE) -> FieldChange:
    """A field whose value has not the shape that its rule reads. Its values may hold anything, staff too."""
    return change(
        one,
        f"{one.field.label} changed",
        before=None if one.old is None else "given",
        after=None if one.new is None else "given",
        action=Action.EDITED,
        reason=reason,
    )
