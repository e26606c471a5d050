"""The conditions that stand now, as the database has them. What only a running service knows comes from it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from monitor import due, watches
from monitor.operating import conditions, ping
from monitor.operating.conditions import Condition, Kind
from monitor.operating.quiet import DISK_LEAST, HOLDING_NOTHING, LATELY, free_bytes
from monitor.polling import held
from notifiers import standing
from snapshots.instants import instant


def standing_now(db: Database, *, notifiers: Collection[str], folder: Path, now: datetime) -> list[Condition]:
    """notifiers: those of the configuration. folder: where the database is."""
    found = []
    for registry in watches.registries(db):
        known = due.standing(db, registry)
        if known.failures and known.last_error:
            found.append(conditions.failing(registry, failures=known.failures, error=known.last_error))
    for one in held.standing(db):
        found.append(conditions.held_sweep(one.row, str(one), since=instant(one.opened_at)))
    for channel in standing.paused(db, notifiers):
        found.append(conditions.refusing(channel.notifier, channel.reason, since=channel.since))
    for lost in standing.given_up(db, notifiers):
        if now - lost.last_at < LATELY:
            found.append(
                conditions.given_up(lost.notifier, deliveries=lost.deliveries, messages=lost.messages)
            )
    for some in standing.partly(db, notifiers, since=now - LATELY):
        found.append(conditions.partly(some.notifier, messages=some.messages, reason=some.reason))
    for row, name, by_ids in db.execute(HOLDING_NOTHING).fetchall():
        found.append(conditions.matching_nothing(row, name, by_ids=bool(by_ids)))
    if (free := free_bytes(folder)) < DISK_LEAST:
        found.append(conditions.disk_full(free))
    pinged = ping.last(db)
    if pinged is not None and pinged.failing_since is not None:
        found.append(conditions.unheard(pinged.error, since=pinged.failing_since))
    return found


def outcome(db: Database, kind: Kind, subject: str) -> str | None:
    """What else is to be said of a condition that is over; None where it is plainly over."""
    if kind is Kind.HELD:
        one = held.find(db, int(subject))
        return conditions.HELD_OUTCOMES.get(one.state) if one is not None else None
    if kind is Kind.FAILED:
        left = next(iter(standing.given_up(db, [subject])), None)
        return None if left is None else conditions.still_failed(left.messages)
    return conditions.STILL_MISSED if kind is Kind.PARTLY else None
