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
    rows = db.execute(
        "select m.notifier, count(distinct m.number), count(d.id), max(m.ended_at) from message m"
        " left join delivery d on d.message = m.number where m.state = 'failed' and m.continues is null"
        " group by m.notifier order by m.notifier"
    ).fetchall()
    return [
        GivenUp(notifier=row[0], messages=row[1], deliveries=row[2], last_at=moment_of(row[3]))
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
