"""How patient the delivery loop is with one notifier."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from notifiers.backoff import Backoff

THREAD_FRESH_FOR = timedelta(days=7)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    backoff: Backoff = msgspec.field(default_factory=Backoff)
    thread_fresh_for: timedelta = THREAD_FRESH_FOR
    probe_after: timedelta = timedelta(hours=1)  # a paused channel is tried again with one message so often
    # Attempts of one message that may have arrived, in a channel that cannot be asked: then failed. They are few, for
    # each may be one more of the same to its reader, and so far apart that half a day's outage is outlived.
    most_blind_attempts: int = 5
    between_blind_attempts: Backoff = msgspec.field(
        default_factory=lambda: Backoff(
            first=timedelta(minutes=1), factor=10, longest=timedelta(hours=12), jitter=0.2
        )
    )
