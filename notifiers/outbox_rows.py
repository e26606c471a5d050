"""What the outbox's tables hold, as values; and a message as JSON and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from notifiers.message import Level, Message
from notifiers.moments import moment_of, moment_or_none
from notifiers.notifier import Placement

LONGEST_WAIT = timedelta(days=8)  # of what is to be told: a weekly digest that falls into quiet hours
# Nothing in a channel waits longer by itself: backoff, a Retry-After, a probe, blind attempts half a day apart.
FARTHEST = timedelta(days=1, hours=1)


class MessageState(StrEnum):
    WAITING = "waiting"  # to be tried
    CLAIMED = "claimed"  # being tried
    UNKNOWN = "unknown"  # a try may have arrived
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class DeliveryState(StrEnum):
    WAITING = "waiting"  # in no message yet
    QUEUED = "queued"  # in a message that has not ended
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One event that must reach one notifier."""

    id: int
    event_id: str
    notifier: str
    thread: str | None
    order: int
    due_at: datetime
    created_at: datetime
    urgent: bool
    state: DeliveryState
    bundle: str | None = None  # what is told with others under this name, as one; None: by itself


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be tried now. `find` comes before `send` when `unsure_since` is set."""

    message: Message
    notifier: str
    placement: Placement
    attempts: int  # made so far, this one included; without it while an earlier one is unknown
    refusals: int  # of these, how many the channel as a whole refused
    refused_at: datetime | None  # when it did so last
    unsure: int  # of these, of how many nobody knew what became
    looks: int  # how often an attempt was looked for before, and nobody could tell
    ready_at: datetime
    unsure_since: datetime | None  # the start of the first attempt whose outcome nobody knows
    reason: str  # of the last failure, "" before any


class ChannelState(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel was last heard to say. A channel never heard of is well."""

    notifier: str
    failures: int = 0  # in a row
    not_before: datetime | None = None
    asked_until: datetime | None = None  # the channel itself asked for rest so long
    posted_at: datetime | None = None
    paused_at: datetime | None = None  # it refuses us, since then; None while it does not
    probe_at: datetime | None = None  # paused: when one message is tried to see whether it is mended
    reason: str = ""
    latest: Mapping[str, str] | None = None  # where the newest message that it took stands

    def by(self, now: datetime) -> ChannelState:
        """As it is by this clock: a moment that lies too far ahead was written by one that was ahead, and is over."""
        far = {
            key: now
            for key in ("not_before", "asked_until", "probe_at")
            if (moment := getattr(self, key)) is not None and moment > now + FARTHEST
        }
        return msgspec.structs.replace(self, **far) if far else self


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `trialbell outbox`: a message, or a delivery that is in no message yet (`message_id` None)."""

    message_id: str | None
    notifier: str
    state: str
    level: Level | None
    headline: str  # "" for a delivery in no message
    thread: str | None
    attempts: int
    reason: str  # the last error, or why it failed or was dropped
    possible_repeat: bool
    created_at: datetime
    next_at: datetime | None  # None when it has ended, or may go at once
    ended_at: datetime | None
    event_ids: tuple[str, ...]
    delivery_ids: tuple[int, ...]
    bundle: str | None = None  # of a delivery in no message: the digest that it is told in
    planned: bool = False  # of one: it was put off, or waits for a digest


def message_text(message: Message) -> str:
    """ASCII, so that no text of a record can be one that the database refuses."""
    return json.dumps(msgspec.to_builtins(message), separators=(",", ":"))


def message_of(text: str) -> Message:
    return msgspec.convert(json.loads(text), Message)


def remote_text(remote: Mapping[str, str] | None) -> str | None:
    return None if remote is None else json.dumps(dict(remote), separators=(",", ":"), sort_keys=True)


def remote_of(text: str | None) -> dict[str, str] | None:
    return None if text is None else json.loads(text)


def delivery_of(row: Mapping[str, Any]) -> Delivery:
    return Delivery(
        id=row["id"],
        event_id=row["event"],
        notifier=row["notifier"],
        thread=row["thread"],
        order=row["position"],
        due_at=moment_of(row["due_at"]),
        created_at=moment_of(row["created_at"]),
        urgent=bool(row["urgent"]),
        state=DeliveryState(row["state"]),
        bundle=row["bundle"],
    )


def listed_message(
    row: Mapping[str, Any], *, event_ids: tuple[str, ...], delivery_ids: tuple[int, ...]
) -> Listed:
    """row: of `message`."""
    return Listed(
        message_id=row["id"],
        notifier=row["notifier"],
        state=row["state"],
        level=Level(row["level"]),
        headline=row["headline"],
        thread=row["thread"],
        attempts=row["attempts"],
        reason=row["reason"] or "",
        possible_repeat=bool(row["possible_repeat"]),
        created_at=moment_of(row["created_at"]),
        next_at=moment_or_none(row["not_before"]),
        ended_at=moment_or_none(row["ended_at"]),
        event_ids=event_ids,
        delivery_ids=delivery_ids,
    )


def listed_delivery(row: Mapping[str, Any]) -> Listed:
    """row: of `delivery`, in no message."""
    return Listed(
        message_id=None,
        notifier=row["notifier"],
        state=row["state"],
        level=None,
        headline="",
        thread=row["thread"],
        attempts=0,
        reason=row["reason"] or "",
        possible_repeat=False,
        created_at=moment_of(row["created_at"]),
        next_at=moment_of(row["due_at"]) if row["state"] == "waiting" else None,
        ended_at=moment_or_none(row["ended_at"]),
        event_ids=(row["event"],),
        delivery_ids=(row["id"],),
        bundle=row["bundle"],
        planned=row["state"] == "waiting" and row["due_at"] != row["created_at"],
    )
