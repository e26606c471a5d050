"""The past of a line: what changed before, as far back as a new change may be held against it; and on which day.

Read with one look along the index of a trial's events. What it means for a new change is said in `changes.undone`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from snapshots.changeset import JSON, Action, FieldChange, Severity, Source, VersionRef

if TYPE_CHECKING:
    from sqlite_utils import Database

MOST = 30  # change sets looked back
FARTHEST = 366  # days looked back


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """One field change of an earlier change set of the same line."""

    field: str
    item: str | None
    action: Action
    before: JSON
    after: JSON
    reason: str
    day: str | None  # see changed_on


Past = tuple[Earlier, ...]  # the newest first


def changed_on(from_: VersionRef | None, to: VersionRef) -> str | None:
    """The registry's day of a change, ISO.

    The post date (in the archive the day of submission) where it moved with the change. It stands still in one change
    of five: then the day of the data build that first showed the change.
    """
    if to.updated is not None and (from_ is None or to.updated != from_.updated):
        return to.updated
    return to.build or to.updated


def days_between(earlier: str | None, later: str | None) -> int | None:
    """None when either is unknown, or they are not in this order: registries redate."""
    try:
        days = (date.fromisoformat(later or "") - date.fromisoformat(earlier or "")).days
    except ValueError:
        return None
    return days if days >= 0 else None


def earlier(changes: Iterable[FieldChange], from_: VersionRef | None, to: VersionRef) -> Past:
    """The news of one change set, as a later one is held against it."""
    day = changed_on(from_, to)
    return tuple(
        Earlier(
            field=change.field,
            item=change.item,
            action=change.action,
            before=change.before,
            after=change.after,
            reason=change.reason,
            day=day,
        )
        for change in changes
        if change.severity is not Severity.NOISE
    )


def past_of(db: Database, registry: str, trial: str, until: VersionRef) -> Past:
    """What led to a stored version, in its own line. () for what is no stored version."""
    if until.version is None or until.source not in (Source.SNAPSHOT, Source.ARCHIVE):
        return ()
    rows = db.execute(
        'select change.field, change.item, change.action, change."before", change."after", change.reason,'
        " one.from_updated, one.to_updated, one.to_build from (select * from event indexed by event_trial"
        " where trial = ? and registry = ? and kind = 'changed' and to_source = ? and to_version <= ?"
        " and severity != 'noise' order by to_version desc limit ?) as one"
        " join change on change.event = one.sequence and change.severity != 'noise'"
        " order by one.to_version desc, change.position",
        [trial, registry, until.source.value, until.version, MOST],
    )
    return tuple(
        Earlier(
            field=row[0],
            item=row[1],
            action=Action(row[2]),
            before=_value(row[3]),
            after=_value(row[4]),
            reason=row[5],
            day=row[7] if row[7] is not None and row[7] != row[6] else row[8] or row[7],
        )
        for row in rows.fetchall()
    )


def _value(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)
