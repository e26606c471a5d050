"""Drift: the same change in most records of a sweep at once, which is the registry's own doing and no trial's.

It is said to the operator once a build; the trials' own events are told as minor, noise is told to nobody. What one
lead sponsor did to most of the trials concerned, or what sponsors sent in, is news and never drift. A record that comes
to it in a later build is told as minor too, where nobody sent anything in for it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from snapshots import manners
from snapshots.changeset import Action
from snapshots.database import immediate
from snapshots.instants import stamp
from snapshots.manners import Manner
from snapshots.terms import listed, said

FEWEST = 5  # not drift, whatever share of a small watch they are
NAMED = 6  # fields of noise in one line
LATELY = timedelta(days=7)  # between two builds: who comes to a change later than most comes soon after them


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    row: int
    build: str  # ISO day
    manner: Manner
    count: int  # records that it befell
    swept: int  # records that it could have befallen


def limit(swept: int) -> float:
    """More than this many at once are drift."""
    return max(FEWEST, swept / 2)


def conclude(
    db: Database, registry: str, events: manners.Events, *, build: str, swept: int, now: datetime
) -> list[Manner]:
    """Find what most of a sweep's records share, and remember it for this build. Opens its own transaction.

    swept: records seen that there was an older version of, in a sweep of everything that came to its end.
    """
    found = [
        (manner, count)
        for manner, count in manners.shared(db, events, more_than=limit(swept))
        if manner.noise or manners.of_one_sponsor(db, events, manner) * 2 <= count
    ]
    if not found:
        return []
    with immediate(db):
        for manner, count in found:
            db.execute(
                "insert or ignore into drift (registry, build, field, label, kind, action, before, after, noise,"
                " count, swept, found_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    *(registry, build, manner.field, manner.label, manner.kind.value, manner.action.value),
                    *(manner.before, manner.after, int(manner.noise), count, swept, stamp(now)),
                ],
            )
    return [manner for manner, _ in found]


def still(db: Database, registry: str, build: str, *, later: int) -> list[Manner]:
    """What drifted in this build, and is most even when so many more records are taken into account."""
    return [one.manner for one in of_build(db, registry, build) if one.count > limit(one.swept + later)]


def lately(db: Database, registry: str, build: str) -> list[Drift]:
    """What drifted in builds shortly before this one: the registry does not always reach all records in one build, nor
    do we all of them."""
    since = (date.fromisoformat(build) - LATELY).isoformat()
    return _found(db, "registry = ? and build < ? and build >= ? and noise = 0", [registry, build, since])


def of_build(db: Database, registry: str, build: str) -> list[Drift]:
    return _found(db, "registry = ? and build = ?", [registry, build])


def unsaid(db: Database, registry: str) -> list[str]:
    """Lines for the operator that were not said yet; they count as said now. Opens its own transaction."""
    found = _found(db, "registry = ? and said = 0", [registry])
    if found:
        with immediate(db):
            db.conn.executemany("update drift set said = 1 where id = ?", [(one.row,) for one in found])
    return lines(found)


def lines(found: Sequence[Drift]) -> list[str]:
    """One line each, and one for all the noise of a build."""
    told = [
        f"{_where(one)} ({_what(one.manner)}): taken as the registry's own, told as minor"
        for one in found
        if not one.manner.noise
    ]
    for build in sorted({one.build for one in found if one.manner.noise}):
        noise = [one for one in found if one.manner.noise and one.build == build]
        labels = listed(list(dict.fromkeys(one.manner.label for one in noise)), NAMED)
        most = max(noise, key=lambda one: one.count)
        told.append(f"{_where(most)}, in noise only ({labels}): stored, nobody told")
    return told


def _where(one: Drift) -> str:
    return f"the same change in {one.count} of {one.swept} records of the build of {one.build}"


def _what(manner: Manner) -> str:
    """Of values, only those that are a registry's word, never a text."""
    if not manner.valued:
        return f"{manner.label}: {_ACTIONS[manner.action]}"
    before, after = (_said(side) for side in (manner.before, manner.after))
    return f"{manner.label}: {before or 'not given'} → {after or 'not given'}"


_ACTIONS = {
    Action.CHANGED: "changed",
    Action.ADDED: "added",
    Action.REMOVED: "removed",
    Action.EDITED: "reworded",
    Action.MOVED: "moved",
}


def _said(side: str | None) -> str | None:
    return None if side is None else said(json.loads(side))


def _found(db: Database, condition: str, parameters: Sequence[str]) -> list[Drift]:
    rows = db.execute(
        "select id, build, count, swept, field, label, kind, action, before, after, noise from drift"
        f" where {condition} order by build, noise, count desc, id",
        list(parameters),
    ).fetchall()
    return [
        Drift(row=row[0], build=row[1], count=row[2], swept=row[3], manner=manners.manner_of(row[4:]))
        for row in rows
    ]
