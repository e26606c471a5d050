"""What happened to a channel in a drain, in words, for whoever drains it to write down.

Not stored: how a channel stands is (`channel`, `message`), and `standing` reads it.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class NoticeKind(StrEnum):
    PAUSED = "paused"  # the channel refuses us; said once
    MENDED = "mended"  # and takes messages again
    FAILED = "failed"  # a message was given up
    PARTLY = "partly"  # a message arrived, and not for all that it was for


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    kind: NoticeKind
    notifier: str
    text: str
    message_id: str | None = None  # FAILED, PARTLY
