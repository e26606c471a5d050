"""A history with an outbox in every state: what the pages of deliveries and metrics show."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from doubles.web_history import NOW, TRIAL, History

from notifiers.message import Level, Message
from notifiers.outbox import Outbox
from snapshots.changeset import Severity
from snapshots.query import Reader

HOUR = timedelta(hours=1)
SLACK = {"channel": "C1", "ts": "1763.0001", "to": "#trials"}


def told_history(path: Path) -> History:
    return told(History(path).fill())


def told(history: History) -> History:
    """The oldest four events. `team` (Slack): one sent, one given up after it may have arrived, one waiting for a
    digest, one in quiet hours; `hook`: one sent, one failed, two behind a channel that refuses us. A notice to team
    failed."""
    with history.writing() as (db, _):
        events = [
            (number, event.id)
            for number, event in Reader(db).events(archive=False, limit=9, min_severity=Severity.NOISE)
        ][::-1]
        room = Outbox(db)

        def enqueue(at: int, notifier: str, **more: object) -> int:
            number, id_ = events[at]
            assert id_ is not None
            values = {"due_at": NOW - HOUR, "urgent": False, **more}
            thread = f"ctgov:{TRIAL}"
            room.enqueue(id_, notifier, thread=thread, order=number, now=NOW - HOUR, **values)  # type: ignore[arg-type]
            found = db.execute("select id from delivery where event = ? and notifier = ?", [id_, notifier])
            return int(found.fetchone()[0])

        def put(name: str, notifier: str, *deliveries: int) -> None:
            message = Message(id=name, level=Level.MAJOR, headline=f"headline of {name}")
            room.put(message, notifier, deliveries, now=NOW - HOUR)

        put("sent-1", "team", enqueue(0, "team"))
        room.claim("team", NOW)
        room.settle("sent-1", SLACK, NOW)
        put("lost-1", "team", enqueue(1, "team"))
        room.claim("team", NOW)
        room.unknown("lost-1", "Slack did not answer in time", NOW)
        room.bury("lost-1", "given up after 5 tries: Slack did not answer in time", NOW)
        enqueue(2, "team", due_at=NOW + 20 * HOUR, bundle="mon 08:00")
        late = enqueue(3, "team", due_at=NOW - HOUR)
        room.put_off([late], NOW + 9 * HOUR, reason="quiet hours until 21:00 UTC")
        put("sent-2", "hook", enqueue(0, "hook"))
        room.claim("hook", NOW)
        room.settle("sent-2", {}, NOW)
        put("refused-2", "hook", enqueue(1, "hook"))
        room.claim("hook", NOW)
        room.bury("refused-2", "the receiver answers 422 <b>no</b>", NOW)
        put("waits-2", "hook", enqueue(2, "hook"))
        enqueue(3, "hook")
        room.claim("hook", NOW)
        room.refuse("waits-2", "the receiver answers 403", NOW)
        room.pause("hook", "the receiver answers 403", NOW, probe_at=NOW + HOUR)
        put("notice", "team")
        room.claim("team", NOW)
        room.bury("notice", "channel_not_found", NOW)
    return history
