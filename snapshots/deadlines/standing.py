"""The states that stand for each trial's newest snapshot, and the day on which one of them turns next.

The caller owns the transaction. A state is entered once and stays entered until it is left; what is entered when a
trial is first stored, or because the rules are new, is entered silently.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from sqlite_utils import Database

from snapshots.deadlines.rules import all_states, first_turn
from snapshots.deadlines.states import ADDED_IN, STATE_SLUGS, State, StateKind
from snapshots.deadlines.turning import RULES

RULED = ("ctgov",)  # registries whose records the rules can read


class Entered(msgspec.Struct, frozen=True, kw_only=True):
    """A state that began: news."""

    state: State
    on: date  # the day it turned; where a version made it, or nobody knows, the day that we learnt of it


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """The states of a trial's newest snapshot, and the next day on which one of them turns."""

    states: tuple[State, ...]
    turns: date | None  # None: never, while the record stays as it is


def settle(
    db: Database, key: int, registry: str, record: dict[str, Any], *, day: date
) -> tuple[Entered, ...]:
    """Make what stands that of a record on a day, and return the states that it newly entered, as far as they are news.

    record: the trial's newest snapshot. Never goes back behind the day up to which it was looked at.
    """
    if registry not in RULED:
        return ()
    before = db.execute("select rules, looked from turning where trial = ?", [key]).fetchone()
    looked = None if before is None else date.fromisoformat(before[1])
    day = day if looked is None else max(day, looked)
    ever = all_states(record)
    now = {one.state: one for one in ever if one.holds(day)}
    standing: dict[str, str] = {}
    if before is not None:
        standing = dict(
            db.execute("select state, entered_on from deadline where trial = ?", [key]).fetchall()
        )
    entered = [
        Entered(state=one, on=_on(one, looked, day)) for one in now.values() if one.state not in standing
    ]
    since = {one.state.state: one.on.isoformat() for one in entered}
    if standing:
        db.execute("delete from deadline where trial = ?", [key])
    db.conn.executemany(
        "insert into deadline (trial, state, since, until, due, assumed, reason, entered_on)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(key, one.state.value, _iso(one.since), _iso(one.until), _iso(one.due), int(one.assumed)),
                one.reason,
                since.get(one.state) or standing[one.state],
            )
            for one in now.values()
        ],
    )
    db.execute(
        "insert into turning (trial, rules, looked, turns) values (?, ?, ?, ?) on conflict (trial) do update"
        " set rules = excluded.rules, looked = excluded.looked, turns = excluded.turns",
        [key, RULES, day.isoformat(), _iso(first_turn(ever, day))],
    )
    if before is None or looked is None:
        return ()
    return tuple(one for one in entered if _is_news(one.state, rules=before[0], looked=looked))


def standing_on(db: Database, registry: str, trial: str, day: date) -> Standing | None:
    """What is stored; None where it does not hold for the day: nothing is stored, or nobody has looked since a turn."""
    row = db.execute(
        "select turning.trial, turning.turns from turning join trial on trial.key = turning.trial"
        " where trial.trial = ? and trial.registry = ? and turning.rules = ? and turning.looked <= ?4"
        " and (turning.turns is null or turning.turns > ?4)",
        [trial, registry, RULES, day.isoformat()],
    ).fetchone()
    if row is None:
        return None
    return Standing(states=_stored(db, row[0]), turns=_day(row[1]))


def last_standing(db: Database, registry: str, trial: str) -> tuple[State, ...]:
    """What stood when the trial was last looked at: a service looks every day."""
    row = db.execute("select key from trial where trial = ? and registry = ?", [trial, registry]).fetchone()
    return () if row is None else _stored(db, row[0])


def _stored(db: Database, key: int) -> tuple[State, ...]:
    rows = db.execute(
        "select state, since, until, due, assumed, reason from deadline where trial = ?", [key]
    ).fetchall()
    found = {
        row[0]: State(
            state=StateKind(row[0]),
            since=_day(row[1]),
            until=_day(row[2]),
            due=_day(row[3]),
            assumed=bool(row[4]),
            reason=row[5],
        )
        for row in rows
        if row[0] in STATE_SLUGS
    }
    return tuple(found[kind] for kind in StateKind if kind in found)


def _is_news(state: State, *, rules: int, looked: date) -> bool:
    """After new rules only that which time made since the last look, of a state that the older rules had."""
    if rules == RULES:
        return True
    return ADDED_IN[state.state] <= rules and state.since is not None and state.since > looked


def _on(state: State, looked: date | None, day: date) -> date:
    """Its own day where time made it since the last look, or before our first one; else the day of looking."""
    if state.since is None or (looked is not None and state.since <= looked):
        return day
    return state.since


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
