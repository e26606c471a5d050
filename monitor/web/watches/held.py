"""What is stored of watches, for their pages. Each question is answered along an index, whatever a watch holds.

Counts come from the tallies that are kept with every change (`monitor.schema_tallies`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlite_utils import Database

from snapshots.instants import instant

SOME_IDS = 6  # of a definition, named
LOOKED_AT = 3_000  # events of entering and leaving, of all watches, read for those of one
_WATCH = (
    "select id, name, registry, origin, added_at, baseline, finished, finished_at, tried_at, error,"
    " json_extract(definition, '$.query'), json_array_length(definition, '$.ids'),"
    " (select json_group_array(value) from (select value from json_each(watch.definition, '$.ids') limit"
    f" {SOME_IDS})) from watch where removed_at is null"
)
_TRIAL = (
    "select trial.trial, trial.registry, trial.title, trial.status, trial.phase, trial.sponsor, trial.updated,"
    " trial.state from"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A watch, and how far it has come."""

    row: int
    name: str
    registry: str
    origin: str  # config or command
    added_at: datetime
    baseline: bool  # no complete sweep of this definition was stored yet
    build: str | None  # the registry's stamp of the last build swept completely
    finished_at: datetime | None
    tried_at: datetime | None
    error: str | None
    query: Mapping[str, str] | None  # {}: the whole registry; None: a watch of ids
    ids: int  # how many it names
    some_ids: tuple[str, ...]


class Member(msgspec.Struct, frozen=True, kw_only=True):  # there may be a thousand
    """A trial that a watch holds, as its newest record has it."""

    trial: str
    registry: str
    title: str
    status: str | None
    phase: str | None
    sponsor: str | None
    updated: str | None
    state: str  # present, gone, merged


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """That a trial entered a watch, left it or came back to it."""

    event: int  # its place in the order of all
    kind: str
    registry: str
    trial: str
    title: str
    at: datetime | None


def page_of(db: Database, *, after: int, limit: int) -> list[Held]:
    """In the order in which they were added. after: the row of the last one on the page before."""
    rows = db.execute(f"{_WATCH} and id > ? order by id limit ?", [after, limit]).fetchall()
    return [_held(row) for row in rows]


def named(db: Database, name: str) -> Held | None:
    row = db.execute(f"{_WATCH} and name = ?", [name]).fetchone()
    return None if row is None else _held(row)


def statuses(db: Database, rows: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many trials of each status these watches hold, by the watch's row; '' where a record gives none."""
    found: dict[int, dict[str, int]] = {row: {} for row in rows}
    marks = ",".join("?" * len(rows))
    for watch, status, trials in db.execute(
        f"select watch, status, trials from watch_status where watch in ({marks})", list(rows)
    ):
        found[watch][status] = trials
    return found


def weeks(db: Database, names: Sequence[str], since: str) -> dict[str, dict[str, dict[str, int]]]:
    """Name → Monday of the week → severity → events; quiet versions are not counted. since: a Monday, ISO."""
    found: dict[str, dict[str, dict[str, int]]] = {name: {} for name in names}
    marks = ",".join("?" * len(names))
    for name, week, severity, events in db.execute(
        f"select watch, week, severity, events from watch_week where watch in ({marks}) and week >= ?",
        [*names, since],
    ):
        found[name].setdefault(week, {})[severity] = events
    return found


def members(db: Database, row: int, *, status: str | None, after: str, limit: int) -> list[Member]:
    """In the order of their ids. status: only those of it, '' without one; None: all."""
    if status is None:
        found = db.execute(
            f"{_TRIAL} member join watch on watch.id = member.watch"
            " join trial on trial.trial = member.trial and trial.registry = watch.registry"
            " where member.watch = ? and member.state = 'in' and member.trial > ? order by member.trial limit ?",
            [row, after, limit],
        )
    else:
        found = db.execute(
            f"{_TRIAL} watch_trial join watch on watch.id = watch_trial.watch"
            " join trial on trial.trial = watch_trial.trial and trial.registry = watch.registry"
            " where watch_trial.watch = ? and watch_trial.status = ? and watch_trial.trial > ?"
            " order by watch_trial.trial limit ?",
            [row, status, after, limit],
        )
    return [_member(one) for one in found.fetchall()]


def unknown(db: Database, row: int, *, limit: int) -> list[str]:
    """Ids that a watch of ids names and the registry does not have."""
    rows = db.execute(
        "select trial from member indexed by member_absent where watch = ? and state = 'absent' order by trial limit ?",
        [row, limit],
    ).fetchall()
    return [one[0] for one in rows]


def turns(db: Database, name: str, *, limit: int) -> list[Turn]:
    """Who entered and left last, newest first; among the LOOKED_AT newest of each kind in all watches.

    Along the tag of these events: of a watch in which much happens they are few among many.
    """
    found: list[Sequence[Any]] = []
    for severity in ("major", "minor"):  # of entering and returning, of leaving
        rows = db.execute(
            "select event.sequence, event.kind, event.registry, event.trial, event.title, event.at from"
            " (select event as number from event_tag where tag = 'watch' and archive = 0 and severity = ?1"
            "  order by event desc limit ?4)"
            " join event_watch on event_watch.watch = ?2 and event_watch.severity = ?1"
            "  and event_watch.event = number"
            " join event on event.sequence = number where event.kind in ('entered', 'left', 'returned')"
            " order by number desc limit ?3",
            [severity, name, limit, LOOKED_AT],
        ).fetchall()
        found.extend(rows)
    found.sort(key=lambda row: -row[0])
    return [
        Turn(event=row[0], kind=row[1], registry=row[2], trial=row[3], title=row[4], at=instant(row[5]))
        for row in found[:limit]
    ]


def _held(row: Sequence[Any]) -> Held:
    added_at = instant(row[4])
    assert added_at is not None
    return Held(
        row=row[0],
        name=row[1],
        registry=row[2],
        origin=row[3],
        added_at=added_at,
        baseline=bool(row[5]),
        build=row[6],
        finished_at=instant(row[7]),
        tried_at=instant(row[8]),
        error=row[9],
        query=None if row[10] is None else json.loads(row[10]),
        ids=row[11] or 0,
        some_ids=tuple(json.loads(row[12])),
    )


def _member(row: Sequence[Any]) -> Member:
    return Member(
        trial=row[0],
        registry=row[1],
        title=row[2],
        status=row[3],
        phase=row[4],
        sponsor=row[5],
        updated=row[6],
        state=row[7],
    )
