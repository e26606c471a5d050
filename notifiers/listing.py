"""Deliveries and messages of none, a page at a time, the newest first. Reads only, and never all there is.

A page costs about its own rows: each notifier's rows in each state stand in one index, in the order of their making,
and the newest of a few such runs are merged.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from heapq import nlargest
from typing import Any

import msgspec
from sqlite_utils import Database

from notifiers.outbox_rows import (
    DeliveryState,
    Listed,
    MessageState,
    listed_delivery,
    listed_message,
    remote_of,
)
from notifiers.standing import tallied

_PARTS = (
    "d.id as d_id, d.event as d_event, d.notifier as d_notifier, d.thread as d_thread, d.state as d_state,"
    " d.reason as d_reason, d.created_at as d_created, d.due_at as d_due, d.ended_at as d_ended, d.bundle as d_bundle"
)
_LAST = 2**63 - 1  # SQLite's largest integer


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery, or one message of none: `listed` of the message that holds it, where there is one."""

    number: int  # of the delivery, or of the message of none
    state: str  # the delivery's own, or the message's
    listed: Listed
    remote: dict[str, str] | None  # where it stands, as its channel names it
    unsure: bool  # an attempt may have arrived


def deliveries(
    db: Database,
    *,
    states: Collection[DeliveryState] = tuple(DeliveryState),
    notifier: str | None = None,
    thread: str | None = None,
    before: int | None = None,
    limit: int,
) -> list[Told]:
    """The newest first; before: number of the delivery to go on from."""
    wanted = [state.value for state in states]
    if thread is not None:
        found = db.execute(
            "select id from delivery where thread = ? and id < ? and (? is null or notifier = ?)"
            f" and state in ({_places(wanted)}) order by id desc limit ?",
            [thread, before or _LAST, notifier, notifier, *wanted, limit],
        ).fetchall()
        numbers = [row[0] for row in found]
    else:
        numbers = _newest(db, "delivery", wanted, notifier, before, limit)
    rows = db.query(
        f"select {_PARTS}, m.* from delivery d left join message m on m.number = d.message"
        f" where d.id in ({_places(numbers)}) order by d.id desc",
        numbers,
    )
    return [_delivery(row) for row in list(rows)]


def bare(
    db: Database,
    *,
    states: Collection[MessageState] = tuple(MessageState),
    notifier: str | None = None,
    before: int | None = None,
    limit: int,
) -> list[Told]:
    """Messages that tell of no event: notices, first looks, samples, lines that all is well."""
    numbers = _newest(db, "message", [state.value for state in states], notifier, before, limit)
    rows = db.query(
        f"select * from message where number in ({_places(numbers)}) order by number desc", numbers
    )
    return [
        Told(
            number=row["number"],
            state=row["state"],
            listed=listed_message(row, event_ids=(), delivery_ids=()),
            remote=remote_of(row["remote"]),
            unsure=row["unsure_since"] is not None,
        )
        for row in list(rows)
    ]


def _newest(
    db: Database, kind: str, states: Sequence[str], notifier: str | None, before: int | None, limit: int
) -> list[int]:
    number, only = ("id", "") if kind == "delivery" else ("number", "bare = 1 and")
    found: list[int] = []
    for name, held in tallied(db, kind).items():
        for state in states if notifier in (None, name) else ():
            if state in held:
                rows = db.execute(
                    f"select {number} from {kind} where {only} notifier = ? and state = ? and {number} < ?"
                    f" order by {number} desc limit ?",
                    [name, state, before or _LAST, limit],
                ).fetchall()
                found += [row[0] for row in rows]
    return nlargest(limit, found)


def _delivery(row: dict[str, Any]) -> Told:
    if row["number"] is None:
        own = {key[2:]: value for key, value in row.items() if key.startswith("d_")}
        listed = listed_delivery(
            {**own, "created_at": own["created"], "due_at": own["due"], "ended_at": own["ended"]}
        )
    else:
        listed = listed_message(row, event_ids=(row["d_event"],), delivery_ids=(row["d_id"],))
    return Told(
        number=row["d_id"],
        state=row["d_state"],
        listed=listed,
        remote=remote_of(row["remote"]),
        unsure=row["unsure_since"] is not None,
    )


def _places(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
