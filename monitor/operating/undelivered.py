"""Why something is not told yet, or what became of it, in words; and trying it again, wherever a person asks for it.

The same on the command line and on the pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from notifiers.outbox import Outbox
from notifiers.outbox_rows import ChannelState, Listed


class CannotRetry(Exception):
    """Nothing was changed. `str()` says of which message and why, `hint` what to do instead."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def why(row: Listed, channel: ChannelState, now: datetime) -> str:
    """Why it is not told yet, or what became of it; "" where there is nothing to say. channel: its notifier's."""
    if row.ended_at is not None:
        return row.reason
    if row.planned and row.next_at is not None and row.next_at > now:
        at = f"{row.next_at:%Y-%m-%d %H:%M} UTC"
        if row.reason.startswith(("quiet hours", "snoozed")):
            return row.reason  # they say until when
        if row.reason:
            return f"{row.reason}: waits until {at}"
        return f"waits for the digest of {row.bundle} ({at})" if row.bundle else f"waits until {at}"
    if row.attempts and row.reason:
        return row.reason
    if channel.paused_at is not None:
        return f"behind: {row.notifier} refuses us since {channel.paused_at:%Y-%m-%d %H:%M} UTC: {channel.reason}"
    if channel.not_before is not None and channel.failures:
        return f"behind: {row.notifier} did not take what was tried last: {channel.reason}"
    return "to be told by the service or the next `trialbell check`"


def retry(db: Database, named: Iterable[str], *, notifier: str | None = None, now: datetime) -> int:
    """Try these again, all that failed or wait when none is named; how many messages. Raises CannotRetry.

    named: ids of messages, or numbers of deliveries. What may have arrived is looked for before, where its channel can
    be asked, and is marked as a possible repeat where it cannot. The caller owns the transaction.
    """
    room = Outbox(db)
    wanted = [_message_of(one, room) for one in named]
    count = room.retry(wanted or None, now=now, notifier=notifier)
    if wanted and count < len(set(wanted)):
        raise CannotRetry(
            "not all of these can be tried again: each must be waiting or failed",
            hint="`trialbell outbox --all` says what became of them",
        )
    return count


def as_number(text: str) -> int | None:
    """Of a delivery; None for what is no number of one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _message_of(text: str, room: Outbox) -> str:
    number = as_number(text)
    if number is None:
        return text
    try:
        state, message = room.message_of_delivery(number)
    except LookupError as error:
        raise CannotRetry(str(error), hint="`trialbell outbox --all` shows their numbers") from None
    if message is None and state == "waiting":
        raise CannotRetry(
            f"it was not tried yet: delivery `{number}`",
            hint="`trialbell outbox` says what it waits for; `outbox retry` tries a channel that refuses us at once,"
            " `unmute` ends a snooze",
        )
    if message is None:
        raise CannotRetry(f"it is {state}, and was in no message: delivery `{number}`")
    return message
