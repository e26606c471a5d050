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
from snapshots.instants import instant

MOST = 5_000  # events of one trial, the newest: thirteen years of a change each day


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """An event without what changed."""

    number: int  # its place in the order of storing
    kind: EventKind
    day: str  # of the build, else that on which we learnt of it
    headline: str
    severity: str
    from_: VersionRef | None
    to: VersionRef | None

    @property
    def link(self) -> tuple[Source, int, int] | None:
        """(line, from, to) of what changed between two versions of one line."""
        one, other = self.from_, self.to
        if self.kind is not EventKind.CHANGED or one is None or other is None:
            return None
        if one.source is not other.source or one.version is None or other.version is None:
            return None
        return one.source, one.version, other.version


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A field's values before and after an event, as its change set has them."""

    field: str
    before: Any
    after: Any


def happened(db: Database, registry: str, trial: str) -> list[Happened]:
    """The events of a trial in the order of storing, at most MOST of them."""
    rows = db.execute(
        "select sequence, kind, build, at, headline, severity, from_source, from_version, from_seen_at, from_updated,"
        " from_build, to_source, to_version, to_seen_at, to_updated, to_build from event indexed by event_trial"
        " where trial = ? and registry = ? order by sequence desc limit ?",
        [trial, registry, MOST],
    ).fetchall()
    return [
        Happened(
            number=row[0],
            kind=EventKind(row[1]),
            day=row[2] or (row[3] or "")[:10],
            headline=row[4],
            severity=row[5],
            from_=_ref(row[6:11]),
            to=_ref(row[11:16]),
        )
        for row in reversed(rows)
    ]


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


def _ref(row: Sequence[Any]) -> VersionRef | None:
    source, version, seen_at, updated, build = row
    if source is None:
        return None
    return VersionRef(
        source=Source(source), version=version, seen_at=instant(seen_at), updated=updated, build=build
    )


def _value(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)
