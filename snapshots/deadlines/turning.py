"""Which trials have a state that turns by a day: one query over an index, asked at every tick. Loads no rule.

A day long after the newest data build is more likely a wrong clock than a registry that stands still: what it would
bring waits. The caller owns the transaction.
"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from sqlite_utils import Database

RULES = 1  # raised when a record would be read otherwise than before: what that enters is entered silently
PAST_BUILD = timedelta(days=7)  # after a build; a registry rebuilds on every working day


def believed(day: date, build: str) -> date:
    """The clock's day, as far as a data build vouches for it. build: begins with its ISO day."""
    return min(day, date.fromisoformat(build[:10]) + PAST_BUILD)


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A trial of which a state turns, or whose states were taken by older rules."""

    key: int
    registry: str
    trial: str


def due(db: Database, day: date, *, limit: int) -> list[Due]:
    """Trials of which something turned up to a day. Sorts none: after new rules it is every trial."""
    rows = db.execute(
        "select turning.trial, trial.registry, trial.trial from turning join trial on trial.key = turning.trial"
        " where (turning.rules = ?1 and turning.turns <= ?2) or turning.rules < ?1 or turning.rules > ?1"
        " limit ?3",
        [RULES, day.isoformat(), limit],
    ).fetchall()
    return [Due(key=row[0], registry=row[1], trial=row[2]) for row in rows]


def put_off(db: Database, key: int, day: date) -> None:
    """Look at a trial again on the next day: its record cannot be read on this one."""
    db.execute(
        "update turning set rules = ?, turns = ? where trial = ?",
        [RULES, (day + timedelta(days=1)).isoformat(), key],
    )
