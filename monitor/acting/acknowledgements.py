"""Acknowledgements: somebody has seen what was told of a trial, a watch or a field, up to an event.

They are kept, and shown where the event is. What of it still waits for a digest, the end of quiet hours or of a
snooze is dropped, with who has seen it as the reason; what is on its way already goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from monitor.acting.mutes import Scope, concerns
from monitor.acting.people import Person, Via
from notifiers.outbox import Outbox
from notifiers.text import clean
from snapshots.deadlines.states import STATE_SLUGS
from snapshots.event import Event, EventKind, event_json
from snapshots.instants import stamp
from snapshots.query import Reader

_PARAMETERS = 900  # in one statement: below SQLite's least limit of 999
LONGEST_NOTE = 500  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    row: int
    registry: str
    scope: Scope
    value: str  # a trial's id, a watch's name or a field's slug
    up_to: int  # the number of the newest event that it is about, in the order of all events
    event: str  # that event's id
    by: Person
    at: str  # ISO UTC
    note: str = ""

    def __str__(self) -> str:
        note = f": {self.note}" if self.note else ""
        return f"acknowledged by {self.by}, {self.at[:10]}{note}"

    def covers(self, sequence: int, event: Event) -> bool:
        return (
            sequence <= self.up_to
            and event.registry == self.registry
            and concerns(self.scope, self.value, event)
        )

    def as_json(self) -> dict[str, Any]:
        return {"by": self.by.name, "via": self.by.via.value, "at": self.at, "note": self.note}


def acknowledge(
    db: Database,
    registry: str,
    scope: Scope,
    value: str,
    *,
    up_to: int,
    now: datetime,
    by: Person,
    note: str = "",
) -> tuple[Acknowledgement, int]:
    """Write it down, and drop what still waits of it; how many deliveries. Caller owns the transaction.

    Of the same person and the same events there is one: its note is the last one given. up_to: an event's number.
    """
    note = clean(note)[:LONGEST_NOTE].rstrip()
    reader = Reader(db)
    ((_, event),) = reader.numbered([up_to])
    same = db.execute(
        "select id from acknowledgement where registry = ? and scope = ? and value = ? and up_to = ?"
        " and person = ? and person_id is ? and via = ?",
        [registry, scope.value, value, up_to, by.name, by.id, by.via.value],
    ).fetchone()
    if same is None:
        db.execute(
            "insert into acknowledgement (registry, scope, value, up_to, event, person, person_id, via, at, note)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(registry, scope.value, value, up_to, event.id, by.name, by.id, by.via.value),
                *(stamp(now), note),
            ],
        )
    elif note:
        db.execute("update acknowledgement set note = ? where id = ?", [note, same[0]])
    row = same[0] if same else db.execute("select last_insert_rowid()").fetchone()[0]
    made = next(one for one in _of(db, scope, [value]) if one.row == row)
    outbox, dropped = Outbox(db), 0
    thread = f"{registry}:{value}" if scope is Scope.TRIAL else None
    for waiting in outbox.postponed(thread=thread):
        if waiting.order > up_to:
            continue
        seen = reader.event(waiting.event_id)
        if seen is not None and made.covers(waiting.order, seen):
            dropped += outbox.drop(waiting.id, reason=f"acknowledged by {by}", now=now)
    return made, dropped


def newest_event(db: Database, registry: str, scope: Scope, value: str) -> tuple[int, Event] | None:
    """The newest event of a trial, a watch or a field, and its number; None when there is none yet.

    To be asked before a write begins: of a state all deadlines may have to be looked through.
    """
    state = value if scope is Scope.FIELD and value in STATE_SLUGS else None
    found = Reader(db).events(
        registry=registry,
        trial=value if scope is Scope.TRIAL else None,
        watch=value if scope is Scope.WATCH else None,
        fields=(value,) if scope is Scope.FIELD and state is None else None,
        kinds=None if state is None else [EventKind.DEADLINE],
        detail=state,
        archive=False,
        limit=1,
    )
    return found[0] if found else None


class Seen:
    """Who has seen which events, of some trials."""

    def __init__(self, db: Database, trials: Iterable[str]) -> None:
        kept = _of(db, Scope.TRIAL, sorted(set(trials)))
        for scope in (Scope.WATCH, Scope.FIELD):
            kept += _of(db, scope, None)
        self._kept = sorted(kept, key=lambda one: one.row)

    def of(self, sequence: int, event: Event) -> list[Acknowledgement]:
        """Those that cover an event, the first one first; of one person the first only."""
        found = [one for one in self._kept if one.covers(sequence, event)]
        return list({(one.by.name, one.by.id, one.by.via): one for one in reversed(found)}.values())[::-1]

    def as_json(self, sequence: int, event: Event, *, with_noise: bool) -> dict[str, Any]:
        """An event as it is published, and who has seen it: its shape wherever events are listed."""
        seen = [one.as_json() for one in self.of(sequence, event)]
        return {**event_json(event, with_noise=with_noise), "acknowledged": seen}


def _of(db: Database, scope: Scope, values: Sequence[str] | None) -> list[Acknowledgement]:
    found: list[Acknowledgement] = []
    for start in range(0, len(values) if values is not None else 1, _PARAMETERS):
        part = [] if values is None else values[start : start + _PARAMETERS]
        where = "" if values is None else f" and value in ({','.join('?' * len(part))})"
        rows = db.execute(
            "select id, registry, scope, value, up_to, event, person, person_id, via, at, note"
            f" from acknowledgement where scope = ?{where}",
            [scope.value, *part],
        ).fetchall()
        found += [
            Acknowledgement(
                row=row[0],
                registry=row[1],
                scope=Scope(row[2]),
                value=row[3],
                up_to=row[4],
                event=row[5],
                by=Person(name=row[6], id=row[7], via=Via(row[8])),
                at=row[9],
                note=row[10],
            )
            for row in rows
        ]
    return found
