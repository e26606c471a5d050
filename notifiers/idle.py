"""Whether there is nothing to be done for a channel: a look that loads no outbox."""

from __future__ import annotations

from sqlite_utils import Database


def idle(db: Database, notifier: str) -> bool:
    """Nothing waits or is in doubt, the channel is not paused, and the operator was told of all that happened."""
    row = db.execute(
        # What is queued is so in a message that has not ended.
        """select exists (select 1 from delivery where state = 'waiting' and notifier = :notifier)
           or exists (select 1 from message where notifier = :notifier and state in ('waiting', 'claimed', 'unknown'))
           or exists (select 1 from channel where notifier = :notifier and paused_at is not null)
           or exists (select 1 from notice where notifier = :notifier)""",
        {"notifier": notifier},
    ).fetchone()
    return not row[0]
