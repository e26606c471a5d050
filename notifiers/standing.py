"""How the channels stand, for whoever watches over them. Loads no outbox."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlite_utils import Database

from notifiers.moments import moment_of, moment_text


class Paused(msgspec.Struct, frozen=True, kw_only=True):
    """A channel that refuses us."""

    notifier: str
    since: datetime
    reason: str


class GivenUp(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel did not get, and will not unless a person wants it."""

    notifier: str
    messages: int
    deliveries: int  # that these hold: none, when they are notices
    last_at: datetime


class Partly(msgspec.Struct, frozen=True, kw_only=True):
    """What did not reach all that it was for. What did is not sent again."""

    notifier: str
    messages: int
    reason: str  # of the last one


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for its time by plan: a digest, quiet hours, a snooze, a full hour."""

    notifier: str
    deliveries: int
    next_at: datetime  # the soonest
    digest: str | None  # the rhythm that the soonest waits for
    reason: str  # why the soonest was put off; "" where it was not

    @property
    def why(self) -> str:
        """Half a sentence: `digest mon 08:00`, `quiet hours until …`."""
        return self.reason or (f"digest {self.digest}" if self.digest else "")


class Unreached(msgspec.Struct, frozen=True, kw_only=True):
    """A channel that was not reached, and is tried again by itself."""

    notifier: str
    waiting: int  # what is held up: deliveries, and messages of none
    since: datetime  # of the oldest that was tried
    next_at: datetime
    reason: str


def planned(db: Database, notifier: str, now: datetime) -> Planned | None:
    """What of a notifier waits by plan; None when nothing does."""
    row = db.execute(
        f"select count(*), min(due_at), bundle, reason from delivery where notifier = :notifier and {_PLANNED}",
        _bounds(notifier, now),
    ).fetchone()
    if not row[0]:
        return None
    return Planned(
        notifier=notifier,
        deliveries=row[0],
        next_at=moment_of(row[1]),
        digest=row[2],
        reason=row[3] or "",
    )


def held_up(db: Database, notifier: str, now: datetime) -> int:
    """How many deliveries, and messages of none, have not reached a notifier though their time has come."""
    row = db.execute(
        f"""select (select count(*) from delivery where notifier = :notifier
                    and (state = 'queued' or (state = 'waiting' and not ({_PLANNED}))))
                 + (select count(*) from message m where notifier = :notifier and continues is null
                    and state in ('waiting', 'claimed', 'unknown')
                    and not exists (select 1 from delivery where message = m.number))""",
        _bounds(notifier, now),
    ).fetchone()
    return int(row[0])


# What `Outbox.due` does not give yet.
_PLANNED = """state = 'waiting' and due_at > :now and due_at <> created_at and created_at <= :now
    and (due_at <= :far or coalesce(reason, '') like 'snoozed%')"""


def _bounds(notifier: str, now: datetime) -> dict[str, str]:
    from notifiers.outbox_rows import LONGEST_WAIT

    return {"notifier": notifier, "now": moment_text(now), "far": moment_text(now + LONGEST_WAIT)}


def unreached(db: Database, now: datetime) -> list[Unreached]:
    """The channels that keep what waits for another try, and do not refuse us; by name."""
    rows = db.execute(
        """select notifier, not_before, reason,
           (select min(ready_at) from message m where m.notifier = c.notifier and attempts > 0
            and state in ('waiting', 'claimed', 'unknown'))
           from channel c where failures > 0 and paused_at is null and not_before is not null
           order by notifier"""
    ).fetchall()
    return [
        Unreached(
            notifier=row[0],
            waiting=held_up(db, row[0], now),
            since=moment_of(row[3]),
            next_at=moment_of(row[1]),
            reason=row[2] or "",
        )
        for row in rows
        if row[3] is not None
    ]


def tallied(db: Database, kind: str) -> dict[str, dict[str, int]]:
    """Per notifier, by name, and state: how many deliveries (`delivery`), or messages of none (`message`)."""
    found: dict[str, dict[str, int]] = {}
    for notifier, state, count in db.execute(
        "select notifier, state, n from outbox_tally where kind = ? and n > 0 order by notifier, state",
        [kind],
    ).fetchall():
        found.setdefault(notifier, {})[state] = count
    return found


def without_deliveries(db: Database) -> dict[str, int]:
    """Messages that tell of no event (a first look, a notice, a line that all is well), by state."""
    found: dict[str, int] = {}
    for states in tallied(db, "message").values():
        for state, count in states.items():
            state = "waiting" if state in ("claimed", "unknown") else state
            found[state] = found.get(state, 0) + count
    return found


def oldest_due(db: Database, notifier: str, now: datetime) -> datetime | None:
    """When the oldest delivery to it that has not ended fell due; None when none has."""
    row = db.execute(
        """select min(due_at) from (
             select due_at from (select due_at from delivery where notifier = :notifier and state = 'queued'
                                 order by id limit 1)
             union all
             select due_at from (select due_at from delivery where state = 'waiting' and notifier = :notifier
                                 and due_at <= :now order by due_at limit 1))""",
        {"notifier": notifier, "now": moment_text(now)},
    ).fetchone()
    return moment_of(row[0]) if row[0] else None


def paused(db: Database, notifiers: Collection[str] | None = None) -> list[Paused]:
    """Those of these that are paused, of all when None; in the order of their names."""
    rows = db.execute(
        "select notifier, paused_at, reason from channel where paused_at is not null order by notifier"
    ).fetchall()
    return [
        Paused(notifier=row[0], since=moment_of(row[1]), reason=row[2] or "")
        for row in rows
        if notifiers is None or row[0] in notifiers
    ]


def given_up(db: Database, notifiers: Collection[str] | None = None) -> list[GivenUp]:
    """Those of these, of all when None, that were not given all; by name. A message's parts are one with it."""
    deliveries = tallied(db, "delivery")
    rows = db.execute(
        # The planner would take the index of all states, and read and sort every row of this one.
        "select notifier, count(*), max(ended_at) from message indexed by message_failed"
        " where state = 'failed' and continues is null group by notifier order by notifier"
    ).fetchall()
    return [
        GivenUp(
            notifier=row[0],
            messages=row[1],
            deliveries=deliveries.get(row[0], {}).get("failed", 0),
            last_at=moment_of(row[2]),
        )
        for row in rows
        if notifiers is None or row[0] in notifiers
    ]


def partly(db: Database, notifiers: Collection[str], *, since: datetime) -> list[Partly]:
    """Those of these that lately took messages for some of their readers only, by name."""
    rows = db.execute(
        "select notifier, count(*), reason, max(ended_at) from message"
        " where state = 'sent' and reason is not null and ended_at >= ? group by notifier order by notifier",
        [moment_text(since)],
    ).fetchall()
    return [Partly(notifier=row[0], messages=row[1], reason=row[2]) for row in rows if row[0] in notifiers]
