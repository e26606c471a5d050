"""Events in the database: to rows and back, exactly. Which ones a reader wants is found in `wanted`.

Written within the caller's transaction. An event's id is there once; its sequence number is its place in the
order of all events, never used again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlite_utils import Database

from snapshots.changeset import Action, FieldChange, Kind, Severity, Source, VersionRef
from snapshots.event import Event, EventKind
from snapshots.instants import instant, written
from snapshots.steps import rows_of, steps_of

_COLUMNS = (
    *("id", "kind", "registry", "trial", "title", "url", "severity", "headline", "at", "build", "status"),
    *("sponsor", "sponsor_class", "phase", "tags", "watches", "detail", "note"),
    *("from_source", "from_version", "from_seen_at", "from_updated", "from_build"),
    *("to_source", "to_version", "to_seen_at", "to_updated", "to_build", "steps", "engine"),
)
_CHANGE_COLUMNS = (
    *("event", "position", "field", "label", "kind", "action", "item", '"before"', '"after"'),
    *("severity", "reason", "summary", "paths", "tags", "drift", "archive"),
)
_PARAMETERS = 900  # in one statement: below SQLite's least limit of 999


def insert(db: Database, event: Event) -> int | None:
    """The new event's sequence number; None when there is one with its id."""
    if event.id is None:
        raise ValueError("an event without an id is a comparison by hand and is not stored")
    marks = ", ".join("?" * len(_COLUMNS))
    row = db.conn.execute(
        f"insert into event ({', '.join(_COLUMNS)}) values ({marks}) on conflict (id) do nothing"
        " returning sequence",
        _values(event),
    ).fetchone()
    if row is None:
        return None
    sequence: int = row[0]
    _insert_parts(db, sequence, event)
    return sequence


def rewrite(db: Database, event: Event) -> bool:
    """Replace all of the event with this id but its place in the order."""
    row = db.execute("select sequence from event where id = ?", [event.id]).fetchone()
    if row is None:
        return False
    settings = ", ".join(f"{name} = ?" for name in _COLUMNS)
    db.execute(f"update event set {settings} where sequence = ?", [*_values(event), row[0]])
    for table in ("change", "event_watch", "event_tag"):
        db.execute(f"delete from {table} where event = ?", [row[0]])
    _insert_parts(db, row[0], event)
    return True


def number_of(db: Database, event_id: str) -> int | None:
    """Its place in the order of all events."""
    row = db.execute("select sequence from event where id = ?", [event_id]).fetchone()
    return None if row is None else int(row[0])


def by_id(db: Database, event_id: str) -> Event | None:
    number = number_of(db, event_id)
    return None if number is None else read(db, [number])[0][1]


def read(db: Database, sequences: Sequence[int]) -> list[tuple[int, Event]]:
    """These events, in this order; those that do not exist are left out."""
    changes: dict[int, list[FieldChange]] = {}
    rows: dict[int, Sequence[Any]] = {}
    for start in range(0, len(sequences), _PARAMETERS):
        part = list(sequences[start : start + _PARAMETERS])
        marks = ",".join("?" * len(part))
        for row in db.execute(
            f"select sequence, {', '.join(_COLUMNS)} from event where sequence in ({marks})", part
        ):
            rows[row[0]] = row[1:]
        for row in db.execute(
            f"select {', '.join(_CHANGE_COLUMNS)} from change where event in ({marks})"
            " order by event, position",
            part,
        ):
            changes.setdefault(row[0], []).append(_change(row))
    return [(one, _event(rows[one], changes.get(one, ()))) for one in sequences if one in rows]


class Led(msgspec.Struct, frozen=True, kw_only=True):
    """That a change set leads from one version to another, and some of its changes: an event without all that is told.

    The versions lack when they were seen.
    """

    number: int  # in the order of all events
    id: str
    from_: VersionRef
    to: VersionRef
    changes: tuple[FieldChange, ...]


def led(db: Database, registry: str, trial: str, fields: Sequence[str]) -> list[Led]:
    """Every change set of a trial, both lines, in the order of storing, with its changes of these fields alone."""
    marks = ", ".join("?" * len(fields))
    changes: dict[int, list[FieldChange]] = {}
    for row in db.execute(
        f"select {', '.join(f'change.{name}' for name in _CHANGE_COLUMNS)} from event indexed by event_trial"
        " cross join change on change.event = event.sequence"
        " where event.trial = ? and event.registry = ? and event.kind = 'changed'"
        f" and change.field in ({marks}) order by event.sequence, change.position",
        [trial, registry, *fields],
    ):
        changes.setdefault(row[0], []).append(_change(row))
    rows = db.execute(
        "select sequence, id, from_source, from_version, from_updated, from_build,"
        " to_source, to_version, to_updated, to_build from event indexed by event_trial"
        " where trial = ? and registry = ? and kind = 'changed'"
        " and from_source is not null and to_source is not null order by sequence",
        [trial, registry],
    )
    return [
        Led(
            number=row[0],
            id=row[1],
            from_=_lean_ref(row[2:6]),
            to=_lean_ref(row[6:10]),
            changes=tuple(changes.get(row[0], ())),
        )
        for row in rows
    ]


def _lean_ref(row: Sequence[Any]) -> VersionRef:
    return VersionRef(source=Source(row[0]), version=row[1], seen_at=None, updated=row[2], build=row[3])


def _values(event: Event) -> list[Any]:
    return [
        *(event.id, event.kind.value, event.registry, event.trial, event.title, event.url),
        *(event.severity.value, event.headline, written(event.at), event.build, event.status),
        *(event.sponsor, event.sponsor_class, event.phase, _json(event.tags), _json(event.watches)),
        *(event.detail, event.note),
        *_ref_values(event.from_),
        *_ref_values(event.to),
        _json(rows_of(event.steps)),
        event.engine,
    ]


def _insert_parts(db: Database, sequence: int, event: Event) -> None:
    archive = int(event.to is not None and event.to.source is Source.ARCHIVE)
    marks = ", ".join("?" * len(_CHANGE_COLUMNS))
    db.conn.executemany(
        f"insert into change ({', '.join(_CHANGE_COLUMNS)}) values ({marks})",
        [_change_values(sequence, place, change, archive) for place, change in enumerate(event.changes)],
    )
    db.conn.executemany(
        "insert into event_watch (watch, severity, event) values (?, ?, ?)",
        [(watch, event.severity.value, sequence) for watch in dict.fromkeys(event.watches)],
    )
    db.conn.executemany(
        "insert into event_tag (tag, archive, severity, event) values (?, ?, ?, ?)",
        [(tag, archive, event.severity.value, sequence) for tag in dict.fromkeys(event.tags)],
    )


def _change_values(sequence: int, place: int, change: FieldChange, archive: int) -> tuple[Any, ...]:
    return (
        *(sequence, place, change.field, change.label, change.kind.value, change.action.value, change.item),
        None if change.before is None else _json(change.before),
        None if change.after is None else _json(change.after),
        *(change.severity.value, change.reason, change.summary, _json(change.paths), _json(change.tags)),
        *(int(change.drift), archive),
    )


def _change(row: Sequence[Any]) -> FieldChange:
    return FieldChange(
        field=row[2],
        label=row[3],
        kind=Kind(row[4]),
        action=Action(row[5]),
        item=row[6],
        before=None if row[7] is None else _value(row[7]),
        after=None if row[8] is None else _value(row[8]),
        severity=Severity(row[9]),
        reason=row[10],
        summary=row[11],
        paths=tuple(_value(row[12])),
        tags=tuple(_value(row[13])),
        drift=bool(row[14]),
    )


def _event(row: Sequence[Any], changes: Iterable[FieldChange]) -> Event:
    named = dict(zip(_COLUMNS, row, strict=True))
    return Event(
        id=named["id"],
        kind=EventKind(named["kind"]),
        registry=named["registry"],
        trial=named["trial"],
        title=named["title"],
        url=named["url"],
        severity=Severity(named["severity"]),
        headline=named["headline"],
        at=instant(named["at"]),
        tags=tuple(_value(named["tags"])),
        watches=tuple(_value(named["watches"])),
        from_=_ref(named, "from"),
        to=_ref(named, "to"),
        changes=tuple(changes),
        build=named["build"],
        detail=named["detail"],
        note=named["note"],
        sponsor=named["sponsor"],
        sponsor_class=named["sponsor_class"],
        phase=named["phase"],
        status=named["status"],
        steps=steps_of(_value(named["steps"])),
        engine=named["engine"],
    )


def _ref_values(ref: VersionRef | None) -> tuple[Any, ...]:
    if ref is None:
        return (None,) * 5
    return ref.source.value, ref.version, written(ref.seen_at), ref.updated, ref.build


def _ref(named: dict[str, Any], side: str) -> VersionRef | None:
    if named[f"{side}_source"] is None:
        return None
    return VersionRef(
        source=Source(named[f"{side}_source"]),
        version=named[f"{side}_version"],
        seen_at=instant(named[f"{side}_seen_at"]),
        updated=named[f"{side}_updated"],
        build=named[f"{side}_build"],
    )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _value(text: str) -> Any:
    return msgspec.json.decode(text)
