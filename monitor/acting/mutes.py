"""Mutes: what a person does not want to be told of for a while. Looked at when messages are made, not before.

A muted delivery ends as dropped, with the mute as its reason: it stays visible and is never sent later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlite_utils import Database

from snapshots.event import Event, EventKind
from snapshots.instants import stamp


class Scope(StrEnum):
    TRIAL = "trial"
    WATCH = "watch"
    FIELD = "field"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    row: int
    scope: Scope
    value: str  # a trial's id, a watch's name or a field's slug
    until: str | None  # ISO UTC; None until somebody ends it
    muted_at: str

    def __str__(self) -> str:
        end = f"until {self.until}" if self.until else "until it is unmuted"
        return f"{self.scope} {self.value} muted {end}"


def mute(db: Database, scope: Scope, value: str, *, until: datetime | None, now: datetime) -> Mute:
    """Begin a mute; one that is there already gets the new end. Caller owns the transaction."""
    unmute(db, scope, value, now=now)
    db.execute(
        "insert into mute (scope, value, until, muted_at) values (?, ?, ?, ?)",
        [scope.value, value, stamp(until), stamp(now)],
    )
    return next(one for one in standing(db, now=now) if one.scope is scope and one.value == value)


def unmute(db: Database, scope: Scope, value: str, *, now: datetime) -> bool:
    """End a mute. False when there was none. Caller owns the transaction."""
    cursor = db.execute(
        "update mute set ended_at = ?1 where scope = ?2 and value = ?3 and ended_at is null"
        " and (until is null or until > ?1)",
        [stamp(now), scope.value, value],
    )
    return cursor.rowcount > 0


def standing(db: Database, *, now: datetime) -> list[Mute]:
    """The mutes in force at this moment."""
    rows = db.execute(
        "select id, scope, value, until, muted_at from mute where ended_at is null"
        " and (until is null or until > ?) order by id",
        [stamp(now)],
    ).fetchall()
    return [
        Mute(row=row[0], scope=Scope(row[1]), value=row[2], until=row[3], muted_at=row[4]) for row in rows
    ]


def silencing(mutes: list[Mute], event: Event) -> Mute | None:
    """The mute that keeps an event from being told; None when something in it is still worth telling.

    A mute of a watch silences an event only when no other watch holds the trial, one of a field only when
    nothing else changed.
    """
    watches = {one.value: one for one in mutes if one.scope is Scope.WATCH}
    fields = {one.value: one for one in mutes if one.scope is Scope.FIELD}
    for one in mutes:
        if one.scope is Scope.TRIAL and one.value == event.trial:
            return one
    if event.watches and all(name in watches for name in event.watches):
        return watches[event.watches[0]]
    told = [change.field for change in event.news]
    if event.kind is EventKind.DEADLINE and event.detail is not None:
        told = [event.detail]  # a state that time makes goes by its own name
    if told and all(slug in fields for slug in told):
        return fields[told[0]]
    return None
