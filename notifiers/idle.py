"""Whether there is nothing to be done for a channel, or about one: looks that load no outbox."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from notifiers.moments import moment_text


def idle(db: Database, notifier: str) -> bool:
    """Nothing waits or is in doubt, and the channel is not paused."""
    row = db.execute(
        # What is queued is so in a message that has not ended.
        """select exists (select 1 from delivery where state = 'waiting' and notifier = :notifier)
           or exists (select 1 from message where notifier = :notifier and state in ('waiting', 'claimed', 'unknown'))
           or exists (select 1 from channel where notifier = :notifier and paused_at is not null)""",
        {"notifier": notifier},
    ).fetchone()
    return not row[0]


def untroubled(db: Database, *, since: datetime) -> bool:
    """No channel is paused, and since then no message was given up, or reached only some."""
    row = db.execute(
        """select exists (select 1 from channel where paused_at is not null)
           or exists (select 1 from message where state = 'failed' and ended_at >= :since)
           or exists (select 1 from message where state = 'sent' and ended_at >= :since and reason is not null)""",
        {"since": moment_text(since)},
    ).fetchone()
    return not row[0]
