"""Mutes and snoozes: what a person does not want to be told of for a while. Looked at when messages are made.

What a mute silences ends as dropped, with the mute as its reason: it stays visible and is never sent later. What a
snooze silences is put off to its end and told then, together; what is critical is told in spite of it, at once.
There is one at a time of a trial, a watch or a field: the last word counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from monitor.acting.people import NOBODY, Person, Via
from snapshots.changeset import Severity
from snapshots.event import Event, EventKind
from snapshots.instants import instant, stamp

if TYPE_CHECKING:
    from snapshots.query import Reader


_EARLY = "a snooze ended early"


class Scope(StrEnum):
    TRIAL = "trial"
    WATCH = "watch"
    FIELD = "field"


class Kind(StrEnum):
    MUTE = "mute"
    SNOOZE = "snooze"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    row: int
    scope: Scope
    value: str  # a trial's id, a watch's name or a field's slug
    until: str | None  # ISO UTC; None until somebody ends it, never of a snooze
    muted_at: str
    kind: Kind = Kind.MUTE
    by: Person = NOBODY

    def __str__(self) -> str:
        done = "muted" if self.kind is Kind.MUTE else "snoozed"
        end = f"until {self.until}" if self.until else "without an end"
        who = f"{'' if self.until else ','} by {self.by}" if self.by.name else ""
        return f"{self.scope} {self.value} {done} {end}{who}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Why an event is not told now, and what becomes of it."""

    kind: Kind  # MUTE: it ends unsent; SNOOZE: it is put off
    until: datetime | None  # when it is decided on anew; None only of a mute without an end
    mute: Mute  # the one that people are told of as the reason

    def __str__(self) -> str:
        return f"{'muted' if self.kind is Kind.MUTE else 'snoozed'}: {self.mute}"


def mute(
    db: Database,
    scope: Scope,
    value: str,
    *,
    until: datetime | None,
    now: datetime,
    by: Person = NOBODY,
    kind: Kind = Kind.MUTE,
) -> Mute:
    """Begin a mute or a snooze in place of what there is of this. Caller owns the transaction."""
    if kind is Kind.SNOOZE and until is None:
        raise ValueError("a snooze has an end")
    unmute(db, scope, value, now=now, by=by)
    row = db.execute(
        "insert into mute (scope, value, until, muted_at, kind, person, person_id, via)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        [scope.value, value, stamp(until), stamp(now), kind.value, by.name, by.id, by.via.value],
    ).lastrowid
    return next(one for one in standing(db, now=now) if one.row == row)


def unmute(db: Database, scope: Scope, value: str, *, now: datetime, by: Person = NOBODY) -> bool:
    """End a mute or a snooze; what a snooze put off is decided on anew. False when there was none.

    Caller owns the transaction.
    """
    before = standing(db, now=now)
    ended = [one for one in before if (one.scope, one.value) == (scope, value)]
    db.conn.executemany(
        "update mute set ended_at = ?, ended_person = ?, ended_via = ? where id = ?",
        [(stamp(now), by.name, by.via.value, one.row) for one in ended],
    )
    if any(one.kind is Kind.SNOOZE for one in ended):
        _bring_forward(db, before, scope, value, now)
    return bool(ended)


def kept_back(db: Database, ended: Mute) -> int:
    """Of how many events a mute kept people from being told; of a snooze that ended early, how many wait to be told."""
    from notifiers.outbox import Outbox

    if ended.kind is Kind.SNOOZE:
        return Outbox(db).events_of("waiting", _EARLY)
    return Outbox(db).events_of(
        "dropped", f"muted: {ended.scope} {ended.value} muted", since=instant(ended.muted_at)
    )


def standing(db: Database, *, now: datetime) -> list[Mute]:
    """The mutes and snoozes in force at this moment."""
    rows = db.execute(
        "select id, scope, value, until, muted_at, kind, person, person_id, via from mute"
        " where ended_at is null and (until is null or until > ?) order by id",
        [stamp(now)],
    ).fetchall()
    return [_mute(row) for row in rows]


def of(db: Database, scope: Scope, value: str, *, now: datetime) -> Mute | None:
    """The mute or snooze of a trial, a watch or a field that is in force."""
    return next((one for one in standing(db, now=now) if (one.scope, one.value) == (scope, value)), None)


def of_trial(db: Database, trial: str, *, now: datetime) -> Mute | None:
    return of(db, Scope.TRIAL, trial, now=now)


def last_of(db: Database, trial: str) -> tuple[Mute, Person | None] | None:
    """The newest mute of a trial, in force or not, and who ended it before its time."""
    row = db.execute(
        "select id, scope, value, until, muted_at, kind, person, person_id, via, ended_at, ended_person, ended_via"
        " from mute where scope = 'trial' and value = ? order by id desc limit 1",
        [trial],
    ).fetchone()
    if row is None:
        return None
    ended = Person(name=row[10] or "", via=Via(row[11] or "command")) if row[9] else None
    return _mute(row), ended


def silencing(mutes: Sequence[Mute], event: Event) -> Silence | None:
    """What keeps an event from being told now; None when something in it is worth telling all the same.

    event: as the user weighs it. A mute of a watch silences an event only when no other watch holds the trial, one of
    a field only when nothing else changed. Where mutes and snoozes silence it only together, it is told when the
    first snooze ends. What a mute alone silences is dropped, snoozed or not.
    """
    trial = [one for one in mutes if one.scope is Scope.TRIAL and one.value == event.trial]
    found = [
        silence
        for silence in (
            _together(trial),
            _together(_all_of(mutes, Scope.WATCH, event.watches)),
            _together(_all_of(mutes, Scope.FIELD, told_fields(event))),
        )
        if silence is not None
    ]
    muted = next((one for one in found if one.kind is Kind.MUTE), None)
    if muted is not None or not found or event.severity is Severity.CRITICAL:
        return muted
    return max(found, key=lambda one: one.mute.until or "")


def told_fields(event: Event) -> list[str]:
    """The fields that an event tells of; a state that time makes goes by its own name."""
    if event.kind is EventKind.DEADLINE and event.detail is not None:
        return [event.detail]
    return [change.field for change in event.news]


def concerns(scope: Scope, value: str, event: Event) -> bool:
    """Whether all that an event tells belongs to a trial, a watch or a field."""
    if scope is Scope.TRIAL:
        return event.trial == value
    parts: Iterable[str] = event.watches if scope is Scope.WATCH else told_fields(event)
    return set(parts) == {value}


def _together(mutes: list[Mute]) -> Silence | None:
    """What several amount to that silence an event only together: the first snooze that ends lets it be told."""
    snoozes = [one for one in mutes if one.kind is Kind.SNOOZE]
    if snoozes:
        first = min(snoozes, key=lambda one: one.until or "")
        return Silence(kind=Kind.SNOOZE, until=instant(first.until), mute=first)
    return Silence(kind=Kind.MUTE, until=instant(mutes[0].until), mute=mutes[0]) if mutes else None


def _all_of(mutes: Sequence[Mute], scope: Scope, values: Sequence[str]) -> list[Mute]:
    """Those of all these values; none where one of the values has none."""
    by_value = {one.value: one for one in mutes if one.scope is scope}
    return [by_value[value] for value in dict.fromkeys(values)] if all(v in by_value for v in values) else []


def _bring_forward(db: Database, before: Sequence[Mute], scope: Scope, value: str, now: datetime) -> None:
    """What waits for the end of a snooze, and had to do with one that ended early, is decided on anew."""
    from notifiers.outbox import Outbox
    from snapshots.query import Reader

    ends = {instant(one.until) for one in before if one.kind is Kind.SNOOZE}
    outbox, reader = Outbox(db), Reader(db)
    waiting = [one for one in outbox.postponed() if one.due_at in ends and one.due_at > now]
    touched = [one.id for one in waiting if _touches(reader, one.event_id, scope, value)]
    outbox.put_off(touched, now, reason=_EARLY)


def _touches(reader: Reader, event_id: str, scope: Scope, value: str) -> bool:
    event = reader.event(event_id)
    if event is None:
        return False
    if scope is Scope.TRIAL:
        return event.trial == value
    return value in (event.watches if scope is Scope.WATCH else told_fields(event))


def _mute(row: Sequence[Any]) -> Mute:
    return Mute(
        row=row[0],
        scope=Scope(row[1]),
        value=row[2],
        until=row[3],
        muted_at=row[4],
        kind=Kind(row[5]),
        by=Person(name=row[6], id=row[7], via=Via(row[8])),
    )
