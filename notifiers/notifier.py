"""The `Notifier` interface, the five classes of outcome, and the errors of this package.

NotifiersError
├── WrongSettings     a notifier's settings do not hold together (said before anything is sent)
└── NotifierClosed    used after close()

An attempt itself never raises: whatever happens to it is an `Outcome`. Retryable or not is decided where the
error is born, in the channel's module; the delivery loop only obeys.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

import msgspec

from notifiers.message import Message


class NotifiersError(Exception):
    """Base of all that this package raises on purpose. `str()` is one line for a person."""

    hint: str | None = None

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        if hint is not None:
            self.hint = hint


class WrongSettings(NotifiersError):
    pass


class NotifierClosed(NotifiersError):
    pass


class Result(StrEnum):
    """What became of one attempt."""

    SENT = "sent"
    LATER = "later"  # certainly not sent; the channel may take it later
    UNKNOWN = "unknown"  # may have been sent: find out before trying again
    CHANNEL_REFUSES = "channel-refuses"  # pause the channel, tell the operator once
    MESSAGE_REFUSED = "message-refused"  # once more as plain text, then bury


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    result: Result
    # One line for a person, never with a secret in it. SENT: what the operator is to be told of it, "" for nothing.
    reason: str = ""
    retry_after: timedelta | None = None  # LATER: what the channel asked for
    # SENT: where it stands (channel, ts); kept. LATER: what of it arrived already, for the next try; the channel as
    # such is well then, and holds up no other message.
    remote: Mapping[str, str] = msgspec.field(default_factory=dict)
    thread_gone: bool = False  # not sent, for what it was to reply to is gone: it opens a new thread at once
    alone: bool = False  # SENT, and not as the reply that it was to be: it opens a thread by itself


class Found(StrEnum):
    """What looking for an earlier attempt found."""

    THERE = "there"
    NOT_THERE = "not-there"
    CANNOT_TELL = "cannot-tell"  # this channel cannot be asked, or not now


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    found: Found
    remote: Mapping[str, str] = msgspec.field(default_factory=dict)  # THERE: where it stands
    alone: bool = False  # THERE, and not as the reply that it was to be
    reason: str = ""
    try_again: bool = False  # CANNOT_TELL only for the moment (network): ask again later, do not post
    retry_after: timedelta | None = None  # with try_again: what the channel asked for
    channel_refuses: bool = (
        False  # CANNOT_TELL because the channel refuses us altogether: pause it, do not post
    )


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """Where in its channel a message goes, decided by the delivery loop from what was sent before."""

    reply_to: Mapping[str, str] | None = None  # `remote` of the thread's opening message, while it is fresh
    previous: Mapping[str, str] | None = None  # `remote` of the last message of a thread gone stale: link it
    plain: bool = False  # a second try after MESSAGE_REFUSED: text alone
    possible_repeat: bool = False  # mark it: an earlier attempt may have arrived
    latest: Mapping[str, str] | None = None  # `remote` of the newest message that this channel took
    now: datetime | None = None  # by our clock, to be compared with the channel's
    made_at: datetime | None = None  # when the message was stored: the same on every try
    arrived: Mapping[str, str] | None = None  # what an earlier try said arrived of it (`remote` of a LATER)


class Notifier(Protocol):
    """One channel. One instance is used from one thread at a time.

    Each implementation passes the contract suite in tests/test_notifier_contract.py.
    """

    name: str  # the table in config.toml: [notifiers.NAME]
    type: str
    reconcile_after: timedelta | None  # None: the channel cannot be asked whether it has a message
    # The receiver knows a message by its id and drops what it has already: what may have arrived is sent again, with
    # no look and no mark, for as long as any other message is.
    repeats_are_dropped: bool
    holds_many: bool  # False: each message holds exactly one delivery (jsonl, webhook)

    @property
    def pace(self) -> timedelta:
        """The least time between two posts. Asked for only when there is something to send."""

    def parts(self, message: Message) -> tuple[Message, ...]:
        """What this channel makes of a message before it is stored: itself, then what goes on where it has no room for
        all of it (`Message.continues`). Pure; of the same message always the same, ids too.
        """

    def send(self, message: Message, placement: Placement) -> Outcome:
        """One attempt. Never raises for the world's doings; never retries by itself."""

    def find(self, message: Message, *, since: datetime, placement: Placement) -> Trace:
        """Look for an earlier attempt of this message, made at `since` or later. May be called again."""

    def check(self) -> list[tuple[bool, str]]:
        """For `doctor`: (good, one line) for each thing a person can set right. Sends nothing."""

    def mended(self) -> bool:
        """Whether a channel that refused us seems to take messages again. Sends nothing.

        Less than `check`: what is only good to have, as the scope to read back, keeps no channel paused.
        """

    def close(self) -> None:
        """Let go of sockets and files. May be called twice."""
