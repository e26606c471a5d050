"""What is stored between a trial's versions, in lean rows: its events, and what they say of a few fields.

For pages of trials with hundreds of versions: no body is read and no event is put together, but those that are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlite_utils import Database

from snapshots.changeset import Source, VersionRef
from snapshots.event import EventKind

MOST = 5_000  # events of one trial, the newest: thirteen years of a change each day


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """An event without what changed."""

    number: int  # its place in the order of storing
    kind: EventKind
    day: str  # of the build, else that on which we learnt of it
    from_: VersionRef | None  # without when we saw it, as `to`
    to: VersionRef | None
    link: tuple[Source, int, int] | None = (
        None  # (line, from, to) of what changed between two versions of one line
    )


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A field's values before and after an event, as its change set has them."""

    field: str
    before: Any
    after: Any


def happened(db: Database, registry: str, trial: str) -> list[Happened]:
    """The events of a trial in the order of storing, at most MOST of them."""
    rows = db.execute(
        "select sequence, kind, build, at, from_source, from_version, from_updated, from_build,"
        " to_source, to_version, to_updated, to_build from event indexed by event_trial"
        " where trial = ? and registry = ? order by sequence desc limit ?",
        [trial, registry, MOST],
    ).fetchall()
    return [_happened(row) for row in reversed(rows)]


def said(db: Database, registry: str, trial: str, fields: Sequence[str]) -> dict[int, list[Said]]:
    """Number of an event → what it says of these fields; those that say nothing of them are left out."""
    marks = ",".join("?" * len(fields))
    found: dict[int, list[Said]] = {}
    for number, field, before, after in db.execute(
        'select change.event, change.field, change."before", change."after"'
        " from (select sequence from event indexed by event_trial where trial = ? and registry = ?"
        " and kind = 'changed' order by sequence desc limit ?) as one"
        f" cross join change on change.event = one.sequence and change.field in ({marks})",
        [trial, registry, MOST, *fields],
    ):
        found.setdefault(number, []).append(Said(field=field, before=_value(before), after=_value(after)))
    return found


def _happened(row: Sequence[Any]) -> Happened:
    kind, one, other = EventKind(row[1]), _ref(row[4:8]), _ref(row[8:12])
    link = None
    if kind is EventKind.CHANGED and row[4] == row[8] and None not in (row[5], row[9]) and one is not None:
        link = one.source, row[5], row[9]
    return Happened(
        number=row[0],
        kind=kind,
        day=row[2] or (row[3] or "")[:10],
        from_=one,
        to=other,
        link=link,
    )


def _ref(row: Sequence[Any]) -> VersionRef | None:
    source, version, updated, build = row
    if source is None:
        return None
    return VersionRef(source=Source(source), version=version, seen_at=None, updated=updated, build=build)


def _value(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)
