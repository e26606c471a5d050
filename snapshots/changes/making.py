"""Field changes, made: what all rules have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from snapshots.changeset import DETAIL, Action, FieldChange, Severity
from snapshots.comparison import Difference
from snapshots.fields import Field


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
