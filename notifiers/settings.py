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
    # Attempts of one message that may have arrived, in a channel that cannot be asked: then failed.
    most_blind_attempts: int = 5
