"""What was sent and where it stands, for whoever wants to show it anew. Read from the outbox; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlite_utils import Database

from notifiers.message import Message
from notifiers.moments import moment_of
from notifiers.notifier import Placement
from notifiers.outbox_rows import message_of, remote_of


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A message that its channel took."""

    message: Message
    notifier: str
    placement: Placement  # as it went
    remote: Mapping[str, str]  # where it stands, as the channel names it
    made_at: datetime
    events: tuple[str, ...]  # ids of those that it tells of


def by_id(db: Database, message_id: str) -> Sent | None:
    """None when there is none, or it was not sent, or the channel never said where it stands."""
    found = _rows(db, "id = ?", [message_id], 1)
    return found[0] if found else None


def of_thread(db: Database, thread: str, *, limit: int) -> list[Sent]:
    """Of one thread in all channels, the newest first; those left out that go on another."""
    return _rows(db, "thread = ? and continues is null", [thread], limit)


def standing_at(db: Database, thread: str, *, channel: str, ts: str) -> Sent | None:
    """The message of a thread that stands there; None when it is none of ours."""
    where = "thread = ? and json_extract(remote, '$.channel') = ? and json_extract(remote, '$.ts') = ?"
    found = _rows(db, where, [thread, channel, ts], 1)
    return found[0] if found else None


def _rows(db: Database, where: str, parameters: Sequence[str], limit: int) -> list[Sent]:
    rows = db.query(
        f"select * from message where {where} and state = 'sent' and remote is not null"
        " order by number desc limit ?",
        [*parameters, limit],
    )
    return [_sent(db, row) for row in list(rows)]


def _sent(db: Database, row: Mapping[str, Any]) -> Sent:
    events = db.execute("select event from delivery where message = ? order by position", [row["number"]])
    return Sent(
        message=message_of(row["content"]),
        notifier=row["notifier"],
        placement=Placement(
            reply_to=remote_of(row["reply_to"]),
            previous=remote_of(row["previous"]),
            plain=bool(row["plain"]),
            possible_repeat=bool(row["possible_repeat"]),
        ),
        remote=remote_of(row["remote"]) or {},
        made_at=moment_of(row["created_at"]),
        events=tuple(each[0] for each in events.fetchall()),
    )
